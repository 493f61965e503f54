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

/// Keeps a notice of a parcel that there is not yet; false if it had come before.
[[nodiscard]] bool keep_early_notice(db::Transaction& tx, const std::string& carrier,
                                     const CarrierNotice& notice, Timestamp now);
/// What was kept of a parcel before there was one, in the order in which it came.
[[nodiscard]] std::vector<ShipmentState> early_notices(db::Transaction& tx, const std::string& carrier,
                                                       const std::string& tracking_number);
/// Whoever makes the parcel or keeps a notice of it waits until the transaction ends, so that neither misses
/// the other. The maker asks for it with the order's lock in hand, while the number is free; who has a notice
/// asks for the order's lock when the number is taken, by a transaction that has ended: no circle.
void lock_tracking(db::Transaction& tx, const std::string& carrier, const std::string& tracking_number);

}  // namespace shopflow::shipping
