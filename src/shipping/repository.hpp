#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shopflow/shipping/types.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::shipping {

void insert_shipment(db::Transaction& tx, const Shipment& shipment);

/// Every parcel of the order, in the order of their making. Reads without a lock: whoever changes parcels
/// holds the order's.
[[nodiscard]] std::vector<Shipment> shipments_of(db::Transaction& tx, OrderId order);
[[nodiscard]] std::optional<Shipment> find_shipment(db::Transaction& tx, ShipmentId id);
[[nodiscard]] std::optional<Shipment> find_by_tracking(db::Transaction& tx, const std::string& carrier,
                                                       const std::string& tracking_number);

/// Writes state and times, guarded by the state that the parcel was seen in; false if somebody was faster.
[[nodiscard]] bool move_shipment(db::Transaction& tx, const Shipment& moved, ShipmentState from);

/// Keeps a carrier's notice; false if it had come before.
[[nodiscard]] bool keep_notice(db::Transaction& tx, const std::string& carrier, const std::string& event_id,
                               Timestamp now);

}  // namespace shopflow::shipping
