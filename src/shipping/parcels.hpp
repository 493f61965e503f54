#pragma once

#include <optional>
#include <vector>

#include "shopflow/events/envelope.hpp"
#include "shopflow/orders/fulfilment.hpp"
#include "shopflow/shipping/types.hpp"

/// What parcels and their orders do to each other. Pure: the caller has loaded and locked the order and
/// writes afterwards.
namespace shopflow::shipping {

/// The lines of a new parcel: those asked for, equal SKUs summed, or everything that is in no parcel yet.
/// Fails with not_packed, nothing_to_ship, unknown_line or ships_too_much.
[[nodiscard]] Result<std::vector<ParcelLine>> lines_of_parcel(
    const orders::Order& order, const std::vector<Shipment>& others,
    const std::optional<std::vector<ParcelLine>>& asked);

/// What a report changes.
struct Progress {
  Shipment moved;
  std::optional<events::NewEvent> event;  // of the order
};

/// Moves the parcel to the reported state, and the order with it when the parcel leaves, arrives or comes
/// back. `all` are the order's parcels. Fails with illegal_transition.
[[nodiscard]] Result<Progress> advance(const Shipment& shipment, ShipmentState reported, orders::Order& order,
                                       const std::vector<Shipment>& all, const orders::Told& told);

}  // namespace shopflow::shipping
