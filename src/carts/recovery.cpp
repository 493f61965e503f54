#include "carts/recovery.hpp"

#include <algorithm>

namespace shopflow::carts {

std::vector<CartTrace> traces_of(db::Batch<CartCommand> batch,
                                 std::span<const Result<CartOutcome>* const> outcomes) {
  std::vector<CartTrace> traces;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& outcome = *outcomes[i];
    if (!outcome) continue;
    const auto& cart = outcome->cart;
    const bool made = std::holds_alternative<CreateCart>(batch[i]->action);
    // The outcome shows the cart as it was decided over, before it was written.
    if (made || cart.changed) traces.push_back({cart.id, made, cart.version + 1, cart.updated_at});
  }
  return traces;
}

db::LaneRecovery recovery_of(std::span<const CartTrace> traces, std::span<const CartMark> found) {
  using enum db::LaneRecovery;
  for (const auto& trace : traces) {
    const auto mark = std::ranges::find(found, trace.id, &CartMark::id);
    // Nobody deletes a cart that was changed a moment ago.
    if (mark == found.end()) return not_committed;
    if (trace.made) return committed;
    if (mark->version > trace.version) continue;
    const bool ours = mark->version == trace.version && mark->updated_at == trace.updated_at;
    return ours ? committed : not_committed;
  }
  return traces.empty() ? committed : unknown;
}

}  // namespace shopflow::carts
