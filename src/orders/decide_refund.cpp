#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "orders/decide.hpp"
#include "orders/moves.hpp"
#include "shopflow/core/backoff.hpp"

namespace shopflow::orders {
namespace {

/// A refund that was asked for and not yet answered is left alone for this long by whoever looks for due
/// ones, since whoever asked for it is about to call the provider.
constexpr std::chrono::seconds kHeadStart{10};

/// The payment whose money goes back next: what no order has a use for before what paid for it.
Payment* next_to_give_back(const OrderId& order, Desk& desk) {
  Payment* paid = nullptr;
  for (auto& [payment, fresh, changed] : desk.payments[order]) {
    if (payment.captured <= desk.given_back(payment)) continue;
    if (payment.surplus) return &payment;
    paid = &payment;
  }
  return paid;
}

/// Money without an order, which is offered to its owner for as long as the provider does not refuse.
bool is_owed(const Order& order, const Payment& payment) {
  return payment.surplus || order.state == OrderState::cancelled;
}

/// What may come back: units that left, without those that came back before. Equal SKUs are summed up.
Result<std::vector<events::Units>> units_back(const Order& order, const std::vector<events::Units>& wanted,
                                              Desk& desk) {
  std::map<SkuId, std::int64_t> back;
  for (const auto& units : wanted) back[units.sku_id] += units.quantity;
  std::map<SkuId, std::int64_t> left;
  for (const auto& line : order.lines) left[line.sku_id] += line.shipped;
  for (const auto& entry : desk.refunds[order.id]) {
    if (entry.value.state == RefundState::failed) continue;
    for (const auto& units : entry.value.restock) left[units.sku_id] -= units.quantity;
  }
  std::vector<events::Units> units;
  auto error = make_error(errors::restock_exceeds_shipped);
  for (const auto& [sku, quantity] : back) {
    if (quantity >= 1 && quantity <= left[sku]) {
      units.push_back({sku, static_cast<std::int32_t>(quantity)});
      continue;
    }
    const auto place = std::ranges::find(wanted, sku, &events::Units::sku_id) - wanted.begin();
    error.fields.push_back(
        {fmt::format("/restock/{}", place), error.code,
         fmt::format("{} of {} can come back.", std::max<std::int64_t>(left[sku], 0), sku.str())});
  }
  if (!error.fields.empty()) return std::unexpected{std::move(error)};
  return units;
}

void paid_out(Order& order, Entry<Payment>& payment, Refund& refund, const SettleRefund& command,
              const Told& told, Desk& desk) {
  if (const auto moved = proceed(order, OrderTrigger::money_given_back); !moved) {
    throw std::logic_error{moved.error().detail};
  }
  refund.state = RefundState::succeeded;
  refund.provider_ref = command.provider_ref;
  refund.next_attempt_at.reset();
  refund.last_error.reset();
  payment.value.refunded += refund.amount.amount;
  payment.changed = true;
  order.refunded += refund.amount.amount;
  desk.events.push_back(tell(order,
                             events::RefundProcessed{order.id, refund.id, refund.payment_id, refund.amount,
                                                     refund.reason, refund.restock, payment.value.surplus},
                             told));
}

}  // namespace

void give_back(Payment& payment, const RefundId& id, std::int64_t amount, std::string reason,
               std::vector<events::Units> restock, const Told& told, Desk& desk) {
  Refund refund;
  refund.id = id;
  refund.order_id = payment.order_id;
  refund.payment_id = payment.id;
  refund.amount = {amount, payment.amount.currency};
  refund.reason = std::move(reason);
  refund.restock = std::move(restock);
  refund.next_attempt_at = told.now;
  refund.created_at = told.now;
  refund.updated_at = told.now;
  desk.refunds[payment.order_id].push_back({std::move(refund), true, false});
}

Result<Decided> decide(const RequestRefund& command, const Told& told, Desk& desk, const Terms& /*terms*/) {
  auto* entry = desk.order(command.order_id);
  if (entry == nullptr) return fail(errors::order_not_found, command.order_id.str());
  const auto& order = entry->value;
  const Decided decided{order.id, {}, command.refund_id};
  if (desk.refund(order.id, command.refund_id) != nullptr) return decided;
  const auto& wanted = command.request.amount;
  if (wanted && wanted->currency != order.currency) {
    return fail(errors::wrong_currency, fmt::format("The order is in {}.", order.currency.str()));
  }
  auto* payment = next_to_give_back(order.id, desk);
  if (payment == nullptr) return fail(errors::nothing_to_refund);
  const auto left = payment->captured - desk.given_back(*payment);
  const auto amount = wanted ? wanted->amount : left;
  if (amount > left) return fail(errors::refund_exceeds_captured, fmt::format("{} are left.", left));
  if (amount < 1) return fail(shopflow::errors::validation_failed, "The amount has to be more than nothing.");
  auto restock = units_back(order, command.request.restock, desk);
  if (!restock) return std::unexpected{std::move(restock).error()};
  give_back(*payment, command.refund_id, amount, command.request.reason, std::move(*restock), told, desk);
  desk.refunds[order.id].back().value.next_attempt_at = told.now + kHeadStart;
  return decided;
}

Result<Decided> decide(const SettleRefund& command, const Told& told, Desk& desk, const Terms& /*terms*/) {
  auto* order = desk.order(command.order_id);
  auto* refund = desk.refund(command.order_id, command.refund_id);
  if (order == nullptr || refund == nullptr) return fail(errors::refund_not_found, command.refund_id.str());
  const Decided decided{command.order_id, {}, command.refund_id};
  if (refund->value.state != RefundState::pending) return decided;
  auto* payment = desk.payment(command.order_id, refund->value.payment_id);
  if (payment == nullptr) throw std::logic_error{"a refund has lost its payment"};
  if (command.provider_ref) {
    refund->changed = true;
    order->changed = true;
    paid_out(order->value, *payment, refund->value, command, told, desk);
    return decided;
  }
  auto& failed = refund->value;
  // Whoever asked at the same time has counted this failure.
  if (command.attempts != failed.attempts) return decided;
  refund->changed = true;
  ++failed.attempts;
  failed.last_error = command.error;
  const bool is_tried_enough = failed.attempts >= kAttemptsMax && !is_owed(order->value, payment->value);
  if (command.hopeless || is_tried_enough) {
    failed.state = RefundState::failed;
    failed.next_attempt_at.reset();
  } else {
    failed.next_attempt_at = told.now + backoff(failed.attempts, failed.id.value);
  }
  return decided;
}

}  // namespace shopflow::orders
