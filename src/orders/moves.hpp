#pragma once

#include "shopflow/events/shapes.hpp"
#include "shopflow/orders/fulfilment.hpp"

namespace shopflow::orders {

/// Moves the order along its table, or says why it can't.
[[nodiscard]] inline Result<void> proceed(Order& order, OrderTrigger trigger) {
  const auto line = step(order.state, trigger);
  if (!line) return std::unexpected{line.error()};
  order.state = line->to;
  return {};
}

/// The order's next event. ReservationExpired, too, is the order's own once there is one: what follows on it
/// has to keep the order's sequence.
template <class Event>
[[nodiscard]] events::NewEvent tell(Order& order, const Event& event, const Told& told) {
  auto made = events::make_event(event, order.id.value, ++order.event_sequence, told.now, told.traceparent);
  made.aggregate = events::OrderCreated::aggregate;
  return made;
}

}  // namespace shopflow::orders
