#include "shopflow/orders/fulfilment.hpp"

#include <algorithm>
#include <map>

#include "orders/moves.hpp"

namespace shopflow::orders {

Result<events::NewEvent> fulfil(Order& order, PickListId pick_list, const Told& told) {
  if (const auto moved = proceed(order, OrderTrigger::packed); !moved) return std::unexpected{moved.error()};
  return tell(order, events::OrderFulfilled{order.id, pick_list}, told);
}

Result<events::NewEvent> ship(Order& order, const Parcel& parcel, const Told& told) {
  if (const auto allowed = step(order.state, OrderTrigger::parcel_left); !allowed) {
    return std::unexpected{allowed.error()};
  }
  std::map<SkuId, std::int64_t> leaving;
  for (const auto& units : parcel.lines) leaving[units.sku_id] += units.quantity;
  for (const auto& [sku, quantity] : leaving) {
    const auto line = std::ranges::find(order.lines, sku, &OrderLine::sku_id);
    if (line == order.lines.end()) return fail(errors::unknown_line, sku.str());
    if (quantity < 1 || quantity > line->quantity - line->shipped) {
      return fail(errors::ships_too_much, sku.str());
    }
  }
  bool complete = true;
  for (auto& line : order.lines) {
    const auto found = leaving.find(line.sku_id);
    if (found != leaving.end()) line.shipped += static_cast<std::int32_t>(found->second);
    complete = complete && line.shipped == line.quantity;
  }
  const auto moved = proceed(order, complete ? OrderTrigger::last_parcel_left : OrderTrigger::parcel_left);
  if (!moved) return std::unexpected{moved.error()};
  return tell(order,
              events::OrderShipped{order.id, parcel.id, parcel.carrier, parcel.tracking_number,
                                   parcel.tracking_url, parcel.lines, complete},
              told);
}

Result<std::optional<events::NewEvent>> deliver(Order& order, ShipmentId arrived, bool others_on_their_way,
                                                const Told& told) {
  const bool more_to_leave = order.state == OrderState::fulfilled &&
                             std::ranges::any_of(order.lines, [](const auto& l) { return l.shipped > 0; });
  if (more_to_leave) return std::nullopt;
  if (const auto allowed = step(order.state, OrderTrigger::all_arrived); !allowed) {
    return std::unexpected{allowed.error()};
  }
  if (others_on_their_way) return std::nullopt;
  if (const auto moved = proceed(order, OrderTrigger::all_arrived); !moved)
    return std::unexpected{moved.error()};
  return tell(order, events::OrderDelivered{order.id, arrived}, told);
}

}  // namespace shopflow::orders
