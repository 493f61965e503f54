#include "carts/quick.hpp"

#include <algorithm>
#include <stdexcept>

#include "carts/decide.hpp"
#include "shopflow/core/distinct.hpp"

namespace shopflow::carts {
namespace {

constexpr int kPassesMax = 8;

bool all_reserved(const LineOutcome& line) { return line.outcome == LineResult::reserved; }

class Decision {
 public:
  Decision(db::Batch<CartCommand> batch, std::span<const CartMemory::Cart> remembered,
           const CartMemory& memory, const inventory::SkuProducts& products, const CartSettings& settings,
           Timestamp now)
      : batch_{batch}, remembered_{remembered}, settings_{settings}, now_{now}, left_(batch.size()) {
    carts_.reserve(batch.size());
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      carts_.push_back(batch_[i]->cart_id);
      left_[i] = !is_plain(*batch_[i], i);
      skus_end_.push_back(skus_.size());
    }
    keep_distinct(carts_);
    places_.reserve(batch.size());
    for (const auto* command : batch_)
      places_.push_back(
          static_cast<std::size_t>(std::ranges::lower_bound(carts_, command->cart_id) - carts_.begin()));
    leave_changed_carts();
    recall_stock(memory, products);
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
    const auto* cart = remembered_[i].get();
    if (command.keep || cart == nullptr || std::holds_alternative<ExpireLines>(command.action)) return false;
    const auto before = skus_.size();
    collect_skus(cart, command.action, now_, skus_);
    // A lapsed line that can't be taken again stays as it is, which would be a refusal on hearsay.
    return !std::holds_alternative<RenewLines>(command.action) || skus_.size() == before;
  }

  [[nodiscard]] std::span<const SkuId> skus_of(std::size_t i) const {
    const auto begin = i == 0 ? 0 : skus_end_[i - 1];
    return std::span{skus_}.subspan(begin, skus_end_[i] - begin);
  }

  /// Another lane may have changed what is remembered of a cart while it was asked for, command by command.
  void leave_changed_carts() {
    std::vector<const CartState*> first(carts_.size());
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      const auto* cart = remembered_[i].get();
      auto& before = first[places_[i]];
      if (before == nullptr) before = cart;
      if (cart != before) left_[i] = true;
    }
  }

  /// SKUs that are unknown may not exist, and the guard lets nothing move of what is not for sale.
  void recall_stock(const CartMemory& memory, const inventory::SkuProducts& products) {
    auto skus = skus_;
    keep_distinct(skus);
    auto doubtful = products.unknown(skus);
    stock_.reserve(skus.size());
    for (const auto& sku : skus) {
      stock_.push_back(memory.stock(sku));
      if (!stock_.back().sellable) doubtful.push_back(sku);
    }
    leave_skus(std::move(doubtful));
  }

  void leave_skus(std::vector<SkuId> skus) {
    if (skus.empty()) return;
    keep_distinct(skus);
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      const auto is_among = [&](const SkuId& sku) { return std::ranges::binary_search(skus, sku); };
      if (std::ranges::any_of(skus_of(i), is_among)) left_[i] = true;
    }
  }

  /// Commands of one cart keep their order, so they stay together.
  void leave_whole_carts() {
    std::vector<char> whole(carts_.size());
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      if (left_[i]) whole[places_[i]] = true;
    }
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      if (whole[places_[i]]) left_[i] = true;
    }
  }

  /// nullopt when a command turned out not to be plain; it is left out of the next pass.
  std::optional<QuickBatch> decide_all() {
    QuickBatch quick;
    quick.outcomes.resize(batch_.size());
    quick.book = inventory::StockBook{stock_};
    std::vector<std::optional<CartState>> carts(carts_.size());
    std::vector<events::NewEvent> events;
    Desk desk{quick.book, now_, settings_, events};
    bool plain = true;
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      if (left_[i]) continue;
      const auto& command = *batch_[i];
      auto& cart = carts[places_[i]];
      if (std::holds_alternative<CreateCart>(command.action)) {
        cart.emplace(CartState{.id = command.cart_id, .updated_at = now_});
        if (!decide(*cart, command, desk)) throw std::logic_error{"a new cart was refused"};
        quick.outcomes[i].emplace(CartOutcome{*cart, {}, {}, {}});
        continue;
      }
      if (!cart) cart.emplace(*remembered_[i]);
      auto lines = decide(*cart, command, desk);
      if (lines && cart->changed && std::ranges::all_of(*lines, all_reserved)) {
        quick.outcomes[i].emplace(CartOutcome{*cart, std::move(*lines), {}, {}});
      } else {
        left_[i] = true;
        plain = false;
      }
    }
    if (!plain || !tells_nothing(quick.book)) return std::nullopt;
    quick.carts.reserve(carts.size());
    for (auto& cart : carts) {
      if (cart) quick.carts.push_back(std::move(*cart));
    }
    return quick;
  }

  bool tells_nothing(const inventory::StockBook& book) {
    std::vector<SkuId> told;
    for (const auto& [before, after] : book.changed()) {
      if (stock_changes(before, after) || runs_low(before, after)) told.push_back(after.sku_id);
    }
    const bool nothing = told.empty();
    leave_skus(std::move(told));
    return nothing;
  }

  db::Batch<CartCommand> batch_;
  std::span<const CartMemory::Cart> remembered_;  // by command
  const CartSettings& settings_;
  Timestamp now_;
  std::vector<char> left_;             // by command
  std::vector<SkuId> skus_;            // whose stock the commands may move, command after command
  std::vector<std::size_t> skus_end_;  // by command: where its SKUs end
  std::vector<CartId> carts_;          // each once, in order
  std::vector<std::size_t> places_;    // by command: where its cart is among them
  std::vector<inventory::StockRow> stock_;
};

}  // namespace

QuickBatch decide_quickly(db::Batch<CartCommand> batch, std::span<const CartMemory::Cart> remembered,
                          const CartMemory& memory, const inventory::SkuProducts& products,
                          const CartSettings& settings, Timestamp now) {
  return Decision{batch, remembered, memory, products, settings, now}.make();
}

}  // namespace shopflow::carts
