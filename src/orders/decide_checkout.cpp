#include <fmt/format.h>

#include <stdexcept>

#include "orders/decide.hpp"
#include "orders/moves.hpp"
#include "shopflow/carts/reservations.hpp"

namespace shopflow::orders {
namespace {

Result<void> can_be_checked_out(const CartId& id, const carts::CartState* cart, const Told& told,
                                const Terms& terms) {
  if (cart == nullptr) {
    const bool is_empty = carts::unwritten_cart(id, told.now, terms.settings.cart_idle_max).has_value();
    return fail(is_empty ? carts::cart_empty : carts::cart_not_found);
  }
  if (cart->stage != carts::Stage::cart) return fail(carts::cart_checked_out);
  if (told.now - cart->updated_at > terms.settings.cart_idle_max) return fail(carts::cart_expired);
  if (cart->lines.empty()) return fail(carts::cart_empty);
  return {};
}

/// Names every line whose SKU is gone.
Result<void> all_for_sale(const carts::CartState& cart, const Desk& desk) {
  auto error = make_error(carts::sku_not_for_sale);
  for (std::size_t i = 0; i < cart.lines.size(); ++i) {
    const auto& sku = cart.lines[i].sku_id;
    const auto info = desk.skus.find(sku);
    if (info != desk.skus.end() && info->second->live) continue;
    error.fields.push_back({fmt::format("/items/{}", i), std::string{carts::sku_not_for_sale.code},
                            sku.str() + " is not for sale."});
  }
  if (!error.fields.empty()) return std::unexpected{std::move(error)};
  return {};
}

Result<Totals> price(const carts::CartState& cart, const Desk& desk, const CheckoutRequest& request,
                     const Pricing& pricing) {
  std::vector<LineToPrice> lines;
  lines.reserve(cart.lines.size());
  for (const auto& line : cart.lines) lines.push_back({desk.skus.at(line.sku_id)->price, line.quantity});
  return pricing.price(lines, request.shipping_address.country, request.shipping_method);
}

Order make_order(const Checkout& command, const carts::CartState& cart, const Totals& totals,
                 const Desk& desk, Currency currency, Timestamp now) {
  const auto& request = command.request;
  Order order;
  order.id = command.order_id;
  order.cart_id = cart.id;
  order.email = request.email;
  order.shipping_address = json::to_json(request.shipping_address);
  if (request.billing_address) order.billing_address = json::to_json(*request.billing_address);
  order.shipping_method = request.shipping_method;
  order.currency = currency;
  order.subtotal = totals.subtotal;
  order.shipping = totals.shipping;
  order.tax = totals.tax;
  order.total = totals.total;
  order.created_at = now;
  order.updated_at = now;
  for (std::size_t i = 0; i < cart.lines.size(); ++i) {
    const auto& line = cart.lines[i];
    const auto& info = *desk.skus.at(line.sku_id);
    order.lines.push_back({line.sku_id, info.code, info.name, line.quantity, info.price.amount,
                           totals.lines[i].tax, totals.lines[i].total, 0});
  }
  return order;
}

events::OrderCreated created(const Order& order) {
  events::OrderCreated event{order.id,       order.cart_id, {order.total, order.currency},
                             order.shipping, order.tax,     {}};
  for (const auto& line : order.lines) event.lines.push_back({line.sku_id, line.quantity, line.total});
  return event;
}

}  // namespace

Payment new_payment(const PaymentId& id, const Order& order, const std::string& provider, const Told& told,
                    const Terms& terms) {
  Payment payment;
  payment.id = id;
  payment.order_id = order.id;
  payment.provider = provider;
  payment.amount = {order.total, order.currency};
  payment.created_at = told.now;
  payment.updated_at = told.now;
  const auto* port = terms.providers.find(provider);
  if (port == nullptr) return payment;
  if (const auto foretold = port->foretell(id, payment.amount)) {
    payment.state = foretold->state;
    payment.provider_ref = foretold->ref;
  }
  return payment;
}

Result<Decided> decide(const Checkout& command, const Told& told, Desk& desk, const Terms& terms) {
  const auto& request = command.request;
  auto* cart = desk.cart(request.cart_id);
  if (const auto fine = can_be_checked_out(request.cart_id, cart, told, terms); !fine)
    return std::unexpected{fine.error()};
  if (terms.providers.find(request.provider) == nullptr) {
    return fail(payments::errors::unknown_provider, request.provider);
  }
  if (const auto fine = all_for_sale(*cart, desk); !fine) return std::unexpected{fine.error()};
  const auto totals = price(*cart, desk, request, terms.pricing);
  if (!totals) return std::unexpected{totals.error()};
  if (const auto taken = carts::retake_lapsed(*cart, desk.stock); !taken) {
    return std::unexpected{taken.error()};
  }
  const auto started =
      carts::start_checkout(*cart, command.order_id, told.now + terms.settings.checkout_hold);
  if (!started) throw std::logic_error{"a cart that could be checked out can't: " + started.error().code};
  carts::look_by(*cart, terms.settings.looked_at(command.order_id, told.now));

  auto& entry = desk.orders[command.order_id];
  entry.fresh = true;
  entry.value = make_order(command, *cart, *totals, desk, terms.pricing.currency(), told.now);
  desk.events.push_back(tell(entry.value, created(entry.value), told));
  desk.payments[command.order_id].push_back(
      {new_payment(command.payment_id, entry.value, request.provider, told, terms), true, false});
  return Decided{command.order_id, command.payment_id, {}};
}

}  // namespace shopflow::orders
