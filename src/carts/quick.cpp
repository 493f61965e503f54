#include "carts/quick.hpp"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include "carts/decide.hpp"
#include "shopflow/carts/memory.hpp"

namespace shopflow::carts {
namespace {

constexpr int kPassesMax = 8;

bool all_reserved(const LineOutcome& line) { return line.outcome == LineResult::reserved; }

class Decision {
 public:
  Decision(db::Batch<CartCommand> batch, const CartMemory& memory, const inventory::SkuProducts& products,
           const CartSettings& settings, Timestamp now)
      : batch_{batch},
        memory_{memory},
        settings_{settings},
        now_{now},
        left_(batch.size()),
        skus_(batch.size()) {
    for (const auto* command : batch_) {
      if (!remembered_.contains(command->cart_id))
        remembered_.emplace(command->cart_id, memory_.find(command->cart_id));
    }
    for (std::size_t i = 0; i < batch_.size(); ++i) left_[i] = !is_plain(*batch_[i], i);
    leave_doubtful_skus(products);
  }

  QuickBatch make() {
    for (int pass = 0; pass < kPassesMax; ++pass) {
      leave_whole_carts();
      auto quick = decide_all();
      if (quick) return std::move(*quick);
    }
    QuickBatch nothing;
    nothing.outcomes.resize(batch_.size());
    return nothing;
  }

 private:
  bool is_plain(const CartCommand& command, std::size_t i) {
    if (std::holds_alternative<CreateCart>(command.action)) return true;
    const auto& cart = remembered_.at(command.cart_id);
    if (command.keep || !cart || std::holds_alternative<ExpireLines>(command.action)) return false;
    collect_skus(cart.get(), command.action, now_, skus_[i]);
    // A lapsed line that can't be taken again stays as it is, which would be a refusal on hearsay.
    return !std::holds_alternative<RenewLines>(command.action) || skus_[i].empty();
  }

  /// Unknown ones may not exist, and the guard lets nothing move of what is not for sale.
  void leave_doubtful_skus(const inventory::SkuProducts& products) {
    std::vector<SkuId> all;
    for (const auto& skus : skus_) all.insert(all.end(), skus.begin(), skus.end());
    const auto unknown = products.unknown(all);
    std::unordered_set<SkuId> doubtful{unknown.begin(), unknown.end()};
    for (const auto& sku : all) {
      if (!memory_.stock(sku).sellable) doubtful.insert(sku);
    }
    if (!doubtful.empty()) leave_skus(doubtful);
  }

  void leave_skus(const std::unordered_set<SkuId>& skus) {
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      const auto is_among = [&](const SkuId& sku) { return skus.contains(sku); };
      if (std::ranges::any_of(skus_[i], is_among)) left_[i] = true;
    }
  }

  /// Commands of one cart keep their order, so they stay together.
  void leave_whole_carts() {
    std::unordered_set<CartId> carts;
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      if (left_[i]) carts.insert(batch_[i]->cart_id);
    }
    if (carts.empty()) return;
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      if (carts.contains(batch_[i]->cart_id)) left_[i] = true;
    }
  }

  [[nodiscard]] inventory::StockBook open_book() const {
    std::unordered_set<SkuId> wanted;
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      if (!left_[i]) wanted.insert(skus_[i].begin(), skus_[i].end());
    }
    std::vector<inventory::StockRow> rows;
    rows.reserve(wanted.size());
    for (const auto& sku : wanted) rows.push_back(memory_.stock(sku));
    return inventory::StockBook{std::move(rows)};
  }

  /// nullopt when a command turned out not to be plain; it is left out of the next pass.
  std::optional<QuickBatch> decide_all() {
    QuickBatch quick;
    quick.outcomes.resize(batch_.size());
    quick.book = open_book();
    std::unordered_map<CartId, CartState> carts;
    std::vector<events::NewEvent> events;
    Desk desk{quick.book, now_, settings_, events};
    bool plain = true;
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      if (left_[i]) continue;
      const auto& command = *batch_[i];
      if (std::holds_alternative<CreateCart>(command.action)) {
        auto& made = quick.carts.emplace_back(CartState{.id = command.cart_id, .updated_at = now_});
        if (!decide(made, command, desk)) throw std::logic_error{"a new cart was refused"};
        quick.outcomes[i].emplace(CartOutcome{made, {}, {}, {}});
        continue;
      }
      auto& cart = carts.try_emplace(command.cart_id, *remembered_.at(command.cart_id)).first->second;
      auto lines = decide(cart, command, desk);
      if (lines && cart.changed && std::ranges::all_of(*lines, all_reserved)) {
        quick.outcomes[i].emplace(CartOutcome{cart, std::move(*lines), {}, {}});
      } else {
        left_[i] = true;
        plain = false;
      }
    }
    if (!plain || !tells_nothing(quick.book)) return std::nullopt;
    for (auto& [id, cart] : carts) quick.carts.push_back(std::move(cart));
    std::ranges::sort(quick.carts, {}, &CartState::id);
    return quick;
  }

  bool tells_nothing(const inventory::StockBook& book) {
    std::unordered_set<SkuId> told;
    for (const auto& [before, after] : book.changed()) {
      if (stock_changes(before, after) || runs_low(before, after)) told.insert(after.sku_id);
    }
    leave_skus(told);
    return told.empty();
  }

  db::Batch<CartCommand> batch_;
  const CartMemory& memory_;
  const CartSettings& settings_;
  Timestamp now_;
  std::vector<char> left_;                // by command
  std::vector<std::vector<SkuId>> skus_;  // by command: whose stock it may move
  std::unordered_map<CartId, CartMemory::Cart> remembered_;
};

}  // namespace

QuickBatch decide_quickly(db::Batch<CartCommand> batch, const CartMemory& memory,
                          const inventory::SkuProducts& products, const CartSettings& settings,
                          Timestamp now) {
  return Decision{batch, memory, products, settings, now}.make();
}

}  // namespace shopflow::carts
