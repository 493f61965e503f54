#include <stdexcept>

#include "orders/decide.hpp"
#include "orders/moves.hpp"
#include "shopflow/carts/reservations.hpp"

namespace shopflow::orders {
namespace {

/// Gives back whatever came and is not on its way back already.
void give_all_back(Order& order, const std::string& reason, const Told& told, Desk& desk) {
  for (auto& entry : desk.payments[order.id]) {
    const auto left = entry.value.captured - desk.given_back(entry.value);
    if (left > 0) give_back(entry.value, RefundId::make(told.now), left, reason, {}, told, desk);
  }
}

/// The payments of a cancelled order take no further part; should money come all the same, it goes back.
void close_open_payments(const Order& order, Desk& desk) {
  for (auto& entry : desk.payments[order.id]) {
    if (payments::is_final(entry.value.state)) continue;
    entry.value.state = payments::PaymentState::canceled;
    entry.value.next_action.reset();
    entry.changed = true;
  }
}

}  // namespace

Result<Decided> decide(const Cancel& command, const Told& told, Desk& desk, const Terms& /*terms*/) {
  auto* entry = desk.order(command.order_id);
  if (entry == nullptr) return fail(errors::order_not_found, command.order_id.str());
  auto& order = entry->value;
  const bool was_paid = order.state != OrderState::pending_payment;
  auto* cart = desk.cart(order.cart_id);
  if (command.only_unpaid && was_paid) {
    if (cart != nullptr && !is_held(*cart)) carts::look_no_more(*cart);
    return Decided{order.id, {}, {}};
  }
  if (const auto moved = proceed(order, OrderTrigger::cancelled); !moved) {
    return std::unexpected{moved.error()};
  }
  entry->changed = true;
  order.cancel_reason = command.reason;
  if (cart != nullptr && is_held(*cart)) {
    if (const auto freed = carts::released(*cart); !freed) throw std::logic_error{freed.error().detail};
  } else if (cart != nullptr) {
    carts::look_no_more(*cart);
  }
  close_open_payments(order, desk);
  give_all_back(order, command.reason, told, desk);
  desk.events.push_back(tell(order, events::OrderCancelled{order.id, command.reason}, told));
  return Decided{order.id, {}, {}};
}

Result<Decided> decide(const LapseHold& command, const Told& told, Desk& desk, const Terms& terms) {
  auto* entry = desk.order(command.order_id);
  if (entry == nullptr) return fail(errors::order_not_found, command.order_id.str());
  auto& order = entry->value;
  auto* cart = desk.cart(order.cart_id);
  const Decided decided{order.id, {}, {}};
  if (cart == nullptr || !is_held(*cart) || !carts::has_lapsed(*cart, told.now)) return decided;
  if (const auto moved = proceed(order, OrderTrigger::hold_lapsed); !moved) {
    return std::unexpected{moved.error()};
  }
  const auto lapsed = carts::expired(*cart);
  if (!lapsed) throw std::logic_error{lapsed.error().detail};
  // The event is the order's, so that it stays in line with what else moves the order's stock: the cart has
  // told nothing.
  --cart->event_sequence;
  carts::look_by(*cart, terms.settings.looked_at(order.id, told.now));
  entry->changed = true;
  desk.events.push_back(tell(order, *lapsed, told));
  return decided;
}

Result<Decided> decide(const SetNote& command, const Told& /*told*/, Desk& desk, const Terms& /*terms*/) {
  auto* entry = desk.order(command.order_id);
  if (entry == nullptr) return fail(errors::order_not_found, command.order_id.str());
  entry->value.note = command.note;
  entry->changed = true;
  return Decided{command.order_id, {}, {}};
}

}  // namespace shopflow::orders
