#include <stdexcept>

#include "orders/decide.hpp"
#include "orders/moves.hpp"
#include "shopflow/carts/reservations.hpp"
#include "shopflow/payments/manual_provider.hpp"

namespace shopflow::orders {
namespace {

using payments::PaymentState;

/// The provider speaks of another amount than we asked for.
bool contradicts(const payments::Snapshot& news, const Payment& payment) {
  if (news.amount != payment.amount) return true;
  if (news.captured < 0 || news.captured > payment.amount.amount) return true;
  return news.state == PaymentState::succeeded && news.captured != payment.amount.amount;
}

/// Money counts even when the payment had been given up.
bool is_news(PaymentState recorded, PaymentState news) {
  if (news == PaymentState::succeeded) return recorded != PaymentState::succeeded;
  return payments::supersedes(recorded, news);
}

/// The refusal of an earlier attempt, of which a webhook tells when the shopper has tried another way since.
bool is_outdated(const RecordPayment& command, const Payment& payment) {
  const auto& news = command.notice.snapshot;
  return !command.method && news.state == PaymentState::requires_payment_method && news.method &&
         payment.method && *news.method != *payment.method;
}

/// Takes units that lapsed once more, for the payment that has come after all.
void take_again(const Order& order, inventory::StockBook& stock) {
  const inventory::Cause cause{"order", order.id.value, "paid after its hold had lapsed"};
  for (const auto& line : order.lines) {
    if (!stock.hold(line.sku_id, line.quantity, cause)) throw std::logic_error{"stock vanished in memory"};
  }
}

void must(const Result<void>& moved) {
  if (!moved) throw std::logic_error{"a legal move was refused: " + moved.error().detail};
}

// How long the inventory may take to put the units of a lapsed hold back before they count as gone.
constexpr std::chrono::minutes kFreeingMax{1};

/// The order's hold has lapsed and somebody else has what is on the shelf, but its own units are not there
/// yet: too early to say that they are gone.
bool is_too_early(const Order& order, const Told& told, Desk& desk) {
  if (order.state != OrderState::pending_payment) return false;
  const auto* cart = desk.cart(order.cart_id);
  if (cart == nullptr || is_held(*cart) || is_there(order, desk.stock)) return false;
  const bool just_lapsed = cart->changed || told.now - cart->updated_at < kFreeingMax;
  return just_lapsed && !desk.freed.contains(order.id);
}

std::unexpected<Error> come_again(const Order& order) {
  return std::unexpected{make_passing_error(shopflow::errors::overloaded,
                                            "The units of " + order.id.str() + " are on their way back.")};
}

void give_back_surplus(Payment& payment, const char* why, const Told& told, Desk& desk) {
  payment.surplus = true;
  give_back(payment, RefundId::make(told.now), payment.captured, why, {}, told, desk);
}

/// Money has come: it completes the order, or it goes back.
void book(Order& order, Payment& payment, const Told& told, Desk& desk) {
  payment.captured = payment.amount.amount;
  order.captured += payment.captured;
  if (order.state == OrderState::cancelled) return give_back_surplus(payment, "order_cancelled", told, desk);
  if (order.state != OrderState::pending_payment) {
    return give_back_surplus(payment, "paid_twice", told, desk);
  }
  auto* cart = desk.cart(order.cart_id);
  if (cart == nullptr) throw std::logic_error{"an order has lost its cart"};
  const bool held = is_held(*cart);
  if (!held && !is_there(order, desk.stock)) {
    must(proceed(order, OrderTrigger::money_too_late));
    carts::look_no_more(*cart);
    order.cancel_reason = "out_of_stock";
    desk.events.push_back(tell(order, events::OrderCancelled{order.id, *order.cancel_reason}, told));
    return give_back_surplus(payment, "out_of_stock", told, desk);
  }
  if (held) {
    must(carts::sold(*cart));
  } else {
    take_again(order, desk.stock);
    carts::look_no_more(*cart);
  }
  must(proceed(order, OrderTrigger::money_came));
  const Money amount{payment.captured, order.currency};
  desk.events.push_back(tell(order, events::PaymentReceived{order.id, payment.id, amount, !held}, told));
}

void apply_news(Order& order, Payment& payment, const RecordPayment& command, const Told& told, Desk& desk,
                const Terms& terms) {
  const auto& news = command.notice.snapshot;
  payment.state = news.state;
  payment.next_action = news.next_action;
  payment.error_code = news.error_code;
  // An attempt whose answer was lost is known by what the provider says of it.
  if (const auto& method = command.method ? command.method : news.method) payment.method = method;
  if (news.state == PaymentState::succeeded) return book(order, payment, told, desk);
  const bool busy = news.state == PaymentState::processing || news.state == PaymentState::requires_capture;
  auto* cart = desk.cart(order.cart_id);
  if (busy && cart != nullptr && cart->stage == carts::Stage::checkout) {
    must(carts::payment_processing(*cart, told.now + terms.settings.payment_hold));
  }
}

Result<void> can_be_paid(const Order& order) {
  if (order.state == OrderState::cancelled) return fail(errors::order_is_cancelled);
  if (order.state != OrderState::pending_payment) return fail(errors::order_already_paid);
  return {};
}

}  // namespace

bool is_held(const carts::CartState& cart) {
  return cart.stage == carts::Stage::checkout || cart.stage == carts::Stage::payment;
}

bool is_there(const Order& order, const inventory::StockBook& stock) {
  for (const auto& line : order.lines) {
    const auto* row = stock.find(line.sku_id);
    if (row == nullptr || !row->sellable || row->available() < line.quantity) return false;
  }
  return true;
}

Result<Decided> decide(const RecordPayment& command, const Told& told, Desk& desk, const Terms& terms) {
  const auto& notice = command.notice;
  auto* order = desk.order(notice.order_id);
  auto* payment = desk.payment(notice.order_id, notice.payment_id);
  if (order == nullptr || payment == nullptr || payment->value.provider != notice.provider) {
    return fail(errors::payment_not_found, notice.payment_id.str());
  }
  const Decided decided{notice.order_id, notice.payment_id, {}};
  if (notice.notice_id) {
    const NoticeKey key{notice.provider, *notice.notice_id};
    if (!desk.notices.insert(key).second) return decided;
  }
  if (contradicts(notice.snapshot, payment->value)) {
    if (notice.notice_id) desk.notices.erase({notice.provider, *notice.notice_id});
    payment->value.error_code = std::string{errors::payment_amount_mismatch.code};
    payment->changed = true;
    return fail(errors::payment_amount_mismatch, notice.payment_id.str());
  }
  const bool news =
      is_news(payment->value.state, notice.snapshot.state) && !is_outdated(command, payment->value);
  if (news && notice.snapshot.state == PaymentState::succeeded && is_too_early(order->value, told, desk)) {
    // Whoever tells of money tells again until it is taken note of.
    if (notice.notice_id) desk.notices.erase({notice.provider, *notice.notice_id});
    return come_again(order->value);
  }
  if (notice.notice_id) desk.new_notices.emplace_back(notice.provider, *notice.notice_id);
  if (!news) return decided;
  payment->changed = true;
  order->changed = true;
  apply_news(order->value, payment->value, command, told, desk, terms);
  return decided;
}

Result<Decided> decide(const MarkPaid& command, const Told& told, Desk& desk, const Terms& terms) {
  auto* order = desk.order(command.order_id);
  if (order == nullptr) return fail(errors::order_not_found, command.order_id.str());
  if (const auto fine = can_be_paid(order->value); !fine) return std::unexpected{fine.error()};
  for (const auto& entry : desk.payments[command.order_id]) {
    const auto& invoice = entry.value;
    if (invoice.provider != payments::kManual) continue;
    payments::Snapshot paid{.ref = invoice.provider_ref.value_or(""),
                            .state = PaymentState::succeeded,
                            .amount = invoice.amount,
                            .captured = invoice.amount.amount};
    const RecordPayment news{{invoice.id, invoice.order_id, invoice.provider, std::move(paid), {}}, {}};
    return decide(news, told, desk, terms);
  }
  return fail(errors::payment_not_manual);
}

Result<Decided> decide(const NamePayment& command, const Told& /*told*/, Desk& desk, const Terms& /*terms*/) {
  auto* payment = desk.payment(command.order_id, command.payment_id);
  if (payment == nullptr) return fail(errors::payment_not_found, command.payment_id.str());
  if (!payment->value.provider_ref) {
    payment->value.provider_ref = command.provider_ref;
    payment->changed = true;
  }
  return Decided{command.order_id, command.payment_id, {}};
}

Result<Decided> decide(const NewAttempt& command, const Told& told, Desk& desk, const Terms& terms) {
  auto* order = desk.order(command.order_id);
  if (order == nullptr) return fail(errors::order_not_found, command.order_id.str());
  auto& tries = desk.payments[command.order_id];
  if (tries.empty()) throw std::logic_error{"an order was made without a payment"};
  for (const auto& entry : tries) {
    // A repeat is told what has become of it; one that is still open has to be allowed to be paid like any
    // other.
    const bool same = command.attempt && entry.value.attempt == command.attempt;
    const auto state = entry.value.state;
    const bool has_money = state == PaymentState::succeeded || state == PaymentState::processing ||
                           state == PaymentState::requires_capture;
    if (same && has_money) return Decided{command.order_id, entry.value.id, {}};
  }
  if (const auto fine = can_be_paid(order->value); !fine) return std::unexpected{fine.error()};
  const auto* cart = desk.cart(order->value.cart_id);
  if (cart == nullptr) throw std::logic_error{"an order has lost its cart"};
  if (is_too_early(order->value, told, desk)) return come_again(order->value);
  if (!is_held(*cart) && !is_there(order->value, desk.stock)) return fail(carts::insufficient_stock);
  for (auto& entry : tries) {
    const auto state = entry.value.state;
    if (state == PaymentState::processing || state == PaymentState::requires_capture) {
      return fail(errors::payment_in_progress, entry.value.id.str());
    }
    if (payments::is_final(state)) continue;
    entry.value.attempt = command.attempt;
    entry.changed = true;
    return Decided{command.order_id, entry.value.id, {}};
  }
  auto made = new_payment(command.payment_id, order->value, tries.back().value.provider, told, terms);
  made.attempt = command.attempt;
  tries.push_back({std::move(made), true, false});
  return Decided{command.order_id, command.payment_id, {}};
}

}  // namespace shopflow::orders
