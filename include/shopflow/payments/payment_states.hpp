#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "shopflow/core/error.hpp"
#include "shopflow/core/json_names.hpp"
#include "shopflow/core/state_table.hpp"

namespace shopflow::payments {

/// As Stripe's PaymentIntent names them (https://docs.stripe.com/payments/paymentintents/lifecycle).
enum class PaymentState : std::uint8_t {
  requires_payment_method,
  requires_confirmation,
  requires_action,
  processing,
  requires_capture,
  succeeded,
  canceled,
};

/// What can happen to a payment, told by its provider.
enum class PaymentTrigger : std::uint8_t {
  method_chosen,    // the shopper has named how to pay
  action_demanded,  // the shopper has to prove who they are (3-D Secure)
  accepted,         // a slow method (a bank debit) is on its way
  authorised,       // the money is set aside but not taken
  paid,             // the money has come
  declined,         // this attempt has failed, another is possible
  cancelled,        // no money can come any more
};

/// What recording the move asks of the shop.
enum class PaymentEffect : std::uint8_t {
  none,
  send_shopper,  // tell the storefront where the shopper has to go
  keep_hold,     // the units stay held while the provider is busy
  note_failure,  // keep the reason, the order waits for another attempt
  book_money,    // complete the order, or give the money back if it can't be
  close,         // the payment takes no further part
};

}  // namespace shopflow::payments

template <>
struct shopflow::json::Names<shopflow::payments::PaymentState> {
  using enum shopflow::payments::PaymentState;
  static constexpr std::array<std::pair<shopflow::payments::PaymentState, std::string_view>, 7> values{
      {{requires_payment_method, "requires_payment_method"},
       {requires_confirmation, "requires_confirmation"},
       {requires_action, "requires_action"},
       {processing, "processing"},
       {requires_capture, "requires_capture"},
       {succeeded, "succeeded"},
       {canceled, "canceled"}}};
};

template <>
struct shopflow::json::Names<shopflow::payments::PaymentTrigger> {
  using enum shopflow::payments::PaymentTrigger;
  static constexpr std::array<std::pair<shopflow::payments::PaymentTrigger, std::string_view>, 7> values{
      {{method_chosen, "method chosen"},
       {action_demanded, "action demanded"},
       {accepted, "accepted"},
       {authorised, "authorised"},
       {paid, "paid"},
       {declined, "declined"},
       {cancelled, "cancelled"}}};
};

template <>
struct shopflow::json::Names<shopflow::payments::PaymentEffect> {
  using enum shopflow::payments::PaymentEffect;
  static constexpr std::array<std::pair<shopflow::payments::PaymentEffect, std::string_view>, 6> values{
      {{none, ""},
       {send_shopper, "send the shopper to the provider"},
       {keep_hold, "keep the hold"},
       {note_failure, "note the failure"},
       {book_money, "book the money"},
       {close, "close the payment"}}};
};

namespace shopflow::payments {

/// One line of the machine. `event` is the type of the event that the move writes, empty for none.
struct PaymentTransition {
  PaymentState from;
  PaymentTrigger trigger;
  PaymentState to;
  PaymentEffect effect;
  std::string_view event;
};

/// The whole machine. Whatever is not in it is illegal.
inline constexpr auto kPaymentTransitions = [] {
  using enum PaymentState;
  using T = PaymentTrigger;
  using E = PaymentEffect;
  return std::to_array<PaymentTransition>({
      // clang-format off: one line a move.
      {requires_payment_method, T::method_chosen,   requires_confirmation,   E::none,         ""},
      {requires_payment_method, T::action_demanded, requires_action,         E::send_shopper, ""},
      {requires_payment_method, T::accepted,        processing,              E::keep_hold,    ""},
      {requires_payment_method, T::authorised,      requires_capture,        E::keep_hold,    ""},
      {requires_payment_method, T::paid,            succeeded,               E::book_money,   "PaymentReceived"},
      {requires_payment_method, T::declined,        requires_payment_method, E::note_failure, ""},
      {requires_payment_method, T::cancelled,       canceled,                E::close,        ""},
      {requires_confirmation,   T::action_demanded, requires_action,         E::send_shopper, ""},
      {requires_confirmation,   T::accepted,        processing,              E::keep_hold,    ""},
      {requires_confirmation,   T::authorised,      requires_capture,        E::keep_hold,    ""},
      {requires_confirmation,   T::paid,            succeeded,               E::book_money,   "PaymentReceived"},
      {requires_confirmation,   T::declined,        requires_payment_method, E::note_failure, ""},
      {requires_confirmation,   T::cancelled,       canceled,                E::close,        ""},
      {requires_action,         T::action_demanded, requires_action,         E::send_shopper, ""},
      {requires_action,         T::accepted,        processing,              E::keep_hold,    ""},
      {requires_action,         T::authorised,      requires_capture,        E::keep_hold,    ""},
      {requires_action,         T::paid,            succeeded,               E::book_money,   "PaymentReceived"},
      {requires_action,         T::declined,        requires_payment_method, E::note_failure, ""},
      {requires_action,         T::cancelled,       canceled,                E::close,        ""},
      {processing,              T::authorised,      requires_capture,        E::keep_hold,    ""},
      {processing,              T::paid,            succeeded,               E::book_money,   "PaymentReceived"},
      {processing,              T::declined,        requires_payment_method, E::note_failure, ""},
      {processing,              T::cancelled,       canceled,                E::close,        ""},
      {requires_capture,        T::paid,            succeeded,               E::book_money,   "PaymentReceived"},
      {requires_capture,        T::cancelled,       canceled,                E::close,        ""},
      // clang-format on
  });
}();

namespace errors {
inline constexpr ErrorCode illegal_transition{"illegal_transition", ErrorKind::conflict,
                                              "The present state does not allow that."};
}  // namespace errors

/// The line for this pair, nullptr if the move is illegal.
[[nodiscard]] constexpr const PaymentTransition* find_transition(PaymentState from, PaymentTrigger trigger) {
  return state_table::find(kPaymentTransitions, from, trigger);
}

/// The move that the trigger makes from this state; illegal_transition (409) if there is none.
[[nodiscard]] Result<PaymentTransition> step(PaymentState from, PaymentTrigger trigger);

/// Nothing happens to a payment any more: the table has no way out.
[[nodiscard]] constexpr bool is_final(PaymentState state) {
  return state == PaymentState::succeeded || state == PaymentState::canceled;
}

/// Whether a provider's word that the payment is now `news` may replace what is recorded: the table must have
/// a move between the two. Notices come late, repeated and out of order, so news that would move a payment
/// backwards is not an error: it is ignored. Notices may also be lost, and the table has each state's short
/// cuts for that reason. A repeated decline supersedes the one before, for its reason may be another.
[[nodiscard]] constexpr bool supersedes(PaymentState recorded, PaymentState news) {
  for (const auto& line : kPaymentTransitions) {
    if (line.from == recorded && line.to == news) return true;
  }
  return false;
}

/// The trigger that a provider's report of a state stands for, for a payment that was just made known or
/// moved.
[[nodiscard]] constexpr PaymentTrigger trigger_of(PaymentState news) {
  using enum PaymentState;
  switch (news) {
    case requires_payment_method:
      return PaymentTrigger::declined;
    case requires_confirmation:
      return PaymentTrigger::method_chosen;
    case requires_action:
      return PaymentTrigger::action_demanded;
    case processing:
      return PaymentTrigger::accepted;
    case requires_capture:
      return PaymentTrigger::authorised;
    case succeeded:
      return PaymentTrigger::paid;
    case canceled:
      break;
  }
  return PaymentTrigger::cancelled;
}

/// The machine as a Markdown table, for the README.
[[nodiscard]] std::string payment_states_markdown();

namespace payment_states_check {

using States = json::Names<PaymentState>;

/// A report names the state and not the trigger, so two states have one move between them.
constexpr bool one_move_between_two_states() {
  for (std::size_t i = 0; i < kPaymentTransitions.size(); ++i) {
    for (std::size_t j = i + 1; j < kPaymentTransitions.size(); ++j) {
      const auto& a = kPaymentTransitions[i];
      const auto& b = kPaymentTransitions[j];
      if (a.from == b.from && a.to == b.to) return false;
    }
  }
  return true;
}

constexpr bool ends_where_it_says() {
  for (const auto& state : States::values) {
    bool leaves = false;
    for (const auto& line : kPaymentTransitions) leaves = leaves || line.from == state.first;
    if (leaves == is_final(state.first)) return false;
  }
  return true;
}

constexpr bool triggers_fit_states() {
  for (const auto& line : kPaymentTransitions) {
    if (trigger_of(line.to) != line.trigger) return false;
    if ((line.to == PaymentState::succeeded) != (line.event == "PaymentReceived")) return false;
  }
  return true;
}

static_assert(state_table::each_once(kPaymentTransitions),
              "a pair of state and trigger stands twice in the table");
static_assert(one_move_between_two_states(), "two moves lead from one state to the same other");
static_assert(state_table::all_reachable<States::values.size()>(kPaymentTransitions,
                                                                PaymentState::requires_payment_method),
              "a state can't be reached from the one in which a provider makes a payment known");
static_assert(ends_where_it_says(), "final states have a way out, or others have none");
static_assert(triggers_fit_states(), "a trigger leads to a state that it does not stand for");

}  // namespace payment_states_check

}  // namespace shopflow::payments
