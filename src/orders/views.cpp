#include "shopflow/orders/views.hpp"

namespace shopflow::orders {

PaymentView view_of(const Payment& payment) {
  const auto currency = payment.amount.currency;
  return {payment.id,
          payment.provider,
          payment.state,
          payment.amount,
          {payment.captured, currency},
          {payment.refunded, currency},
          payment.method,
          payment.next_action,
          payment.error_code,
          std::nullopt,
          payment.created_at};
}

RefundView view_of(const Refund& refund) {
  return {refund.id,         refund.order_id,   refund.payment_id, refund.state,
          refund.amount,     refund.reason,     refund.restock,    refund.attempts,
          refund.last_error, refund.created_at, refund.updated_at};
}

OrderView view_of(const Order& order, const Payment* current) {
  const auto money = [&](std::int64_t amount) { return Money{amount, order.currency}; };
  OrderView view;
  view.id = order.id;
  view.number = order.number;
  view.cart_id = order.cart_id;
  view.state = order.state;
  view.payment_status = order.payment_status();
  view.email = order.email;
  view.shipping_address = json::read_trusted<Address>(order.shipping_address);
  if (order.billing_address) view.billing_address = json::read_trusted<Address>(*order.billing_address);
  view.shipping_method = order.shipping_method;
  for (const auto& line : order.lines) {
    view.lines.push_back({line.sku_id, line.code, line.name, line.quantity, money(line.price),
                          money(line.total), money(line.tax), line.shipped});
  }
  view.subtotal = money(order.subtotal);
  view.shipping = money(order.shipping);
  view.tax = money(order.tax);
  view.total = money(order.total);
  view.captured = money(order.captured);
  view.refunded = money(order.refunded);
  view.cancel_reason = order.cancel_reason;
  if (current != nullptr) view.payment = view_of(*current);
  view.created_at = order.created_at;
  view.updated_at = order.updated_at;
  return view;
}

}  // namespace shopflow::orders
