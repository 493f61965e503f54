#include "orders/order_rows.hpp"

namespace shopflow::orders {
namespace {

std::string texts_of(const Order& order, std::string OrderLine::* member) {
  std::vector<std::string> values;
  values.reserve(order.lines.size());
  for (const auto& line : order.lines) values.push_back(line.*member);
  return db::array_literal(values);
}

}  // namespace

NewOrders::NewOrders(const std::vector<Order*>& orders) {
  for (auto* order : orders) {
    order->version = 1;
    ids.push(order->id);
    numbers.push(order->number);
    carts.push(order->cart_id);
    sequences.push(order->event_sequence);
    emails.push(order->email);
    shipping_addresses.push(order->shipping_address);
    billing_addresses.push(order->billing_address);
    methods.push(order->shipping_method);
    currencies.push(order->currency.str());
    subtotals.push(order->subtotal);
    shippings.push(order->shipping);
    taxes.push(order->tax);
    totals.push(order->total);
    times.push(order->created_at);
    codes.push(texts_of(*order, &OrderLine::code));
    names.push(texts_of(*order, &OrderLine::name));
    lines.push(order->lines.size());
    for (const auto& line : order->lines) {
      skus.push(line.sku_id);
      quantities.push(line.quantity);
      prices.push(line.price);
      line_taxes.push(line.tax);
      line_totals.push(line.total);
      shipped.push(line.shipped);
    }
  }
}

ChangedOrders::ChangedOrders(const std::vector<Order*>& orders, Timestamp written_at) : now{written_at} {
  for (auto* order : orders) {
    ++order->version;
    order->updated_at = written_at;
    ids.push(order->id);
    states.push(json::name_of(order->state));
    versions.push(order->version);
    sequences.push(order->event_sequence);
    captured.push(order->captured);
    refunded.push(order->refunded);
    reasons.push(order->cancel_reason);
    notes.push(order->note);
    lines.push(order->lines.size());
    for (const auto& line : order->lines) shipped.push(line.shipped);
  }
}

}  // namespace shopflow::orders
