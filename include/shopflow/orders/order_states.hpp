#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "shopflow/core/error.hpp"
#include "shopflow/core/json_names.hpp"
#include "shopflow/core/state_table.hpp"

namespace shopflow::orders {

/// How far an order has come. What has been paid and given back stands beside it (PaymentStatus).
enum class OrderState : std::uint8_t { pending_payment, paid, fulfilled, shipped, delivered, cancelled };

/// What can happen to an order.
enum class OrderTrigger : std::uint8_t {
  checked_out,       // a cart became the order
  hold_lapsed,       // the units were held for as long as they may be
  money_came,        // the payment was received, and the units are there
  money_too_late,    // the payment was received, and the units are gone
  cancelled,         // the shopper, the staff or the clock gave up
  packed,            // everything is in its parcels
  parcel_left,       // a parcel has left and another is to follow
  last_parcel_left,  // nothing of the order is in the house any more
  all_arrived,       // every parcel has arrived
  money_given_back,  // a refund has been paid out
};

/// What the move asks of the shop beyond the order itself.
enum class OrderEffect : std::uint8_t {
  none,
  bind_hold,  // the units that the cart held are the order's
  free_hold,  // held -> available
  sell,       // held -> sold
  give_back,  // all money that came is refunded
  undo_sale,  // sold -> available, and all money that came is refunded
  take_out,   // sold -> out of the house
  restock,    // returned units, if any, -> available
};

}  // namespace shopflow::orders

template <>
struct shopflow::json::Names<shopflow::orders::OrderState> {
  using enum shopflow::orders::OrderState;
  static constexpr std::array<std::pair<shopflow::orders::OrderState, std::string_view>, 6> values{
      {{pending_payment, "pending_payment"},
       {paid, "paid"},
       {fulfilled, "fulfilled"},
       {shipped, "shipped"},
       {delivered, "delivered"},
       {cancelled, "cancelled"}}};
};

template <>
struct shopflow::json::Names<shopflow::orders::OrderTrigger> {
  using enum shopflow::orders::OrderTrigger;
  static constexpr std::array<std::pair<shopflow::orders::OrderTrigger, std::string_view>, 10> values{
      {{checked_out, "cart checked out"},
       {hold_lapsed, "hold lapsed"},
       {money_came, "payment received"},
       {money_too_late, "payment received, units gone"},
       {cancelled, "cancelled"},
       {packed, "packed"},
       {parcel_left, "a parcel left"},
       {last_parcel_left, "the last parcel left"},
       {all_arrived, "the last parcel arrived"},
       {money_given_back, "refund paid out"}}};
};

template <>
struct shopflow::json::Names<shopflow::orders::OrderEffect> {
  using enum shopflow::orders::OrderEffect;
  static constexpr std::array<std::pair<shopflow::orders::OrderEffect, std::string_view>, 8> values{
      {{none, ""},
       {bind_hold, "the hold is the order's"},
       {free_hold, "held -> available"},
       {sell, "held -> sold"},
       {give_back, "money back"},
       {undo_sale, "sold -> available, money back"},
       {take_out, "sold -> out"},
       {restock, "returned units -> available"}}};
};

namespace shopflow::orders {

/// One line of the machine. No `from` is an order that is not there yet; `event` is what the move writes.
struct OrderTransition {
  std::optional<OrderState> from;
  OrderTrigger trigger;
  OrderState to;
  OrderEffect effect;
  std::string_view event;
};

/// The whole machine. Whatever is not in it is illegal.
inline constexpr auto kOrderTransitions = [] {
  using enum OrderState;
  using T = OrderTrigger;
  using E = OrderEffect;
  return std::to_array<OrderTransition>({
      // clang-format off: one line a move.
      {std::nullopt,    T::checked_out,      pending_payment, E::bind_hold, "OrderCreated"},
      {pending_payment, T::hold_lapsed,      pending_payment, E::free_hold, "ReservationExpired"},
      {pending_payment, T::money_came,       paid,            E::sell,      "PaymentReceived"},
      {pending_payment, T::money_too_late,   cancelled,       E::give_back, "OrderCancelled"},
      {pending_payment, T::cancelled,        cancelled,       E::free_hold, "OrderCancelled"},
      {paid,            T::cancelled,        cancelled,       E::undo_sale, "OrderCancelled"},
      {paid,            T::packed,           fulfilled,       E::none,      "OrderFulfilled"},
      {paid,            T::money_given_back, paid,            E::restock,   "RefundProcessed"},
      {fulfilled,       T::parcel_left,      fulfilled,       E::take_out,  "OrderShipped"},
      {fulfilled,       T::last_parcel_left, shipped,         E::take_out,  "OrderShipped"},
      {fulfilled,       T::money_given_back, fulfilled,       E::restock,   "RefundProcessed"},
      {shipped,         T::all_arrived,      delivered,       E::none,      "OrderDelivered"},
      {shipped,         T::money_given_back, shipped,         E::restock,   "RefundProcessed"},
      {delivered,       T::money_given_back, delivered,       E::restock,   "RefundProcessed"},
      {cancelled,       T::money_given_back, cancelled,       E::restock,   "RefundProcessed"},
      // clang-format on
  });
}();

namespace errors {
inline constexpr ErrorCode illegal_transition{"illegal_transition", ErrorKind::conflict,
                                              "The present state does not allow that."};
}  // namespace errors

/// The line for this pair, nullptr if the move is illegal.
[[nodiscard]] constexpr const OrderTransition* find_transition(std::optional<OrderState> from,
                                                               OrderTrigger trigger) {
  return state_table::find(kOrderTransitions, from, trigger);
}

/// The move that the trigger makes from this state; illegal_transition (409) if there is none.
[[nodiscard]] Result<OrderTransition> step(std::optional<OrderState> from, OrderTrigger trigger);

/// The state that an order is in after an event of this type, nullopt if the machine has no such move; by
/// which an audit tells whether an order and its events say the same. `complete` is that of OrderShipped.
[[nodiscard]] std::optional<OrderState> replay(std::optional<OrderState> from, std::string_view event,
                                               bool complete);

/// The machine as a Markdown table, for the README.
[[nodiscard]] std::string order_states_markdown();

namespace order_states_check {

using States = json::Names<OrderState>;

constexpr bool every_move_is_told() {
  for (const auto& line : kOrderTransitions) {
    if (line.event.empty()) return false;
  }
  return true;
}

/// Money that came can always be given back once it counts.
constexpr bool refunds_from_every_state_with_money() {
  for (const auto& state : States::values) {
    const bool has_money = state.first != OrderState::pending_payment;
    if ((find_transition(state.first, OrderTrigger::money_given_back) != nullptr) != has_money) return false;
  }
  return true;
}

static_assert(state_table::each_once(kOrderTransitions),
              "a pair of state and trigger stands twice in the table");
static_assert(state_table::all_reachable<States::values.size()>(kOrderTransitions),
              "a state of the table can't be reached");
static_assert(every_move_is_told(), "a move writes no event");
static_assert(refunds_from_every_state_with_money(), "money that came could not be given back");

}  // namespace order_states_check

}  // namespace shopflow::orders
