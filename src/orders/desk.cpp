#include "orders/desk.hpp"

#include <algorithm>

namespace shopflow::orders {
namespace {

template <class Map, class Id>
auto find_in(Map& map, const OrderId& order, const Id& id) -> decltype(&map.begin()->second.front()) {
  const auto list = map.find(order);
  if (list == map.end()) return nullptr;
  for (auto& entry : list->second) {
    if (entry.value.id == id) return &entry;
  }
  return nullptr;
}

}  // namespace

carts::CartState* Desk::cart(const CartId& id) {
  const auto found = std::ranges::lower_bound(carts, id, {}, &carts::CartState::id);
  return found == carts.end() || found->id != id ? nullptr : &*found;
}

Entry<Order>* Desk::order(const OrderId& id) {
  const auto found = orders.find(id);
  return found == orders.end() ? nullptr : &found->second;
}

Entry<Payment>* Desk::payment(const OrderId& order, const PaymentId& id) {
  return find_in(payments, order, id);
}

Entry<Refund>* Desk::refund(const OrderId& order, const RefundId& id) { return find_in(refunds, order, id); }

std::int64_t Desk::given_back(const Payment& payment) {
  std::int64_t pending = 0;
  const auto list = refunds.find(payment.order_id);
  if (list != refunds.end()) {
    for (const auto& entry : list->second) {
      const bool counts = entry.value.payment_id == payment.id && entry.value.state == RefundState::pending;
      if (counts) pending += entry.value.amount.amount;
    }
  }
  return payment.refunded + pending;
}

}  // namespace shopflow::orders
