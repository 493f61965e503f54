#include "shopflow/payments/payment_states.hpp"

#include <fmt/format.h>

namespace shopflow::payments {

Result<PaymentTransition> step(PaymentState from, PaymentTrigger trigger) {
  if (const auto* line = find_transition(from, trigger)) return *line;
  return fail(errors::illegal_transition, fmt::format("A payment that is '{}' can't become '{}'.",
                                                      json::name_of(from), json::name_of(trigger)));
}

std::string payment_states_markdown() {
  std::string out = "| from | trigger | to | effect | event |\n|---|---|---|---|---|\n";
  for (const auto& line : kPaymentTransitions) {
    out +=
        fmt::format("| `{}` | {} | `{}` | {} | {} |\n", json::name_of(line.from), json::name_of(line.trigger),
                    json::name_of(line.to), json::name_of(line.effect), line.event);
  }
  return out;
}

}  // namespace shopflow::payments
