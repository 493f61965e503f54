#include "orders/quick.hpp"

#include <algorithm>
#include <unordered_set>

#include "orders/decide.hpp"
#include "shopflow/carts/reservations.hpp"
#include "shopflow/core/distinct.hpp"

namespace shopflow::orders {
namespace {

constexpr int kPassesMax = 8;

/// A remembered cart that a checkout need take no units for.
carts::CartMemory::Cart cart_to_order(const Action& action, const OrderMemory& memory) {
  const auto* checkout = std::get_if<Checkout>(&action);
  if (checkout == nullptr) return nullptr;
  auto cart = memory.carts.find(checkout->request.cart_id);
  const bool plain = cart && cart->stage == carts::Stage::cart && carts::lapsed_skus(*cart).empty();
  return plain ? cart : nullptr;
}

class Decision {
 public:
  Decision(OrderBatch batch, const OrderMemory& memory, const catalog::SkuMemory::Known& skus,
           const Terms& terms)
      : batch_{batch},
        skus_{skus},
        terms_{terms},
        carts_(batch.size()),
        orders_(batch.size()),
        left_(batch.size()) {
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      const auto& action = batch_[i]->action;
      if (std::holds_alternative<MarkPaid>(action)) {
        orders_[i] = memory.find(order_of(action));
        if (orders_[i]) carts_[i] = memory.carts.find(orders_[i]->order.cart_id);
        left_[i] = !carts_[i] || !is_held(*carts_[i]);
      } else {
        carts_[i] = cart_to_order(action, memory);
        left_[i] = !carts_[i];
      }
    }
  }

  QuickOrders make() {
    for (int pass = 0; pass < kPassesMax; ++pass) {
      leave_companions();
      auto quick = decide_all();
      if (quick) return std::move(*quick);
    }
    QuickOrders nothing;
    nothing.decisions.resize(batch_.size());
    return nothing;
  }

 private:
  /// Commands of one cart or order keep their order, so they stay together.
  void leave_companions() {
    std::unordered_set<Uuid> left;
    const auto subject = [&](std::size_t i) {
      const auto* checkout = std::get_if<Checkout>(&batch_[i]->action);
      return checkout != nullptr ? checkout->request.cart_id.value : order_of(batch_[i]->action).value;
    };
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      if (left_[i]) left.insert(subject(i));
    }
    if (left.empty()) return;
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      if (left.contains(subject(i))) left_[i] = true;
    }
  }

  Desk lay_out() const {
    Desk desk;
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      if (left_[i]) continue;
      desk.carts.push_back(*carts_[i]);
      if (!orders_[i]) continue;
      const auto& known = *orders_[i];
      if (!desk.orders.try_emplace(known.order.id, Entry<Order>{known.order, false, false}).second) continue;
      auto& payments = desk.payments[known.order.id];
      for (const auto& payment : known.payments) payments.push_back({payment, false, false});
    }
    std::ranges::sort(desk.carts, {}, &carts::CartState::id);
    const auto repeated = std::ranges::unique(desk.carts, {}, &carts::CartState::id);
    desk.carts.erase(repeated.begin(), repeated.end());
    desk.skus = skus_.skus;
    return desk;
  }

  /// nullopt when a command turned out not to be plain; it is left out of the next pass.
  std::optional<QuickOrders> decide_all() {
    QuickOrders quick;
    quick.decisions.resize(batch_.size());
    quick.catalog_revision = skus_.revision;
    quick.desk = lay_out();
    auto& desk = quick.desk;
    bool plain = true;
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      if (left_[i]) continue;
      const auto& command = *batch_[i];
      auto decided = std::visit(
          [&](const auto& action) { return decide(action, command.told, desk, terms_); }, command.action);
      if (decided) {
        quick.decisions[i].emplace(std::move(*decided));
      } else {
        left_[i] = true;
        plain = false;
      }
    }
    const bool more = !desk.refunds.empty() || !desk.new_notices.empty() || !desk.stock.entries().empty();
    if (more) std::ranges::fill(left_, true);
    if (!plain || more) return std::nullopt;
    return quick;
  }

  OrderBatch batch_;
  const catalog::SkuMemory::Known& skus_;
  const Terms& terms_;
  std::vector<carts::CartMemory::Cart> carts_;  // by command: the cart that it is about
  std::vector<OrderMemory::Handle> orders_;  // by command: the order that it is about, if it is there already
  std::vector<char> left_;                   // by command
};

}  // namespace

std::vector<SkuId> skus_to_price(OrderBatch batch, const OrderMemory& memory) {
  std::vector<SkuId> skus;
  for (const auto* command : batch) {
    const auto cart = cart_to_order(command->action, memory);
    if (!cart) continue;
    for (const auto& line : cart->lines) skus.push_back(line.sku_id);
  }
  keep_distinct(skus);
  return skus;
}

QuickOrders decide_quickly(OrderBatch batch, const OrderMemory& memory, const catalog::SkuMemory::Known& skus,
                           const Terms& terms) {
  return Decision{batch, memory, skus, terms}.make();
}

}  // namespace shopflow::orders
