#include "shipping/repository.hpp"

#include "shopflow/db/transaction.hpp"

namespace shopflow::shipping {
namespace {

const db::Statement kInsert{"shipping.insert", R"(
INSERT INTO shipments (id, order_id, state, version, carrier, tracking_number, tracking_url, sku_ids, quantities, created_at,
                       updated_at)
VALUES ($1, $2, $3::text::shipment_state, 1, $4, $5, $6, $7::uuid[], $8::int4[], $9, $9)
)"};

#define SHOPFLOW_SHIPMENT_COLUMNS                                                               \
  "id, order_id, state, carrier, tracking_number, tracking_url, sku_ids, quantities, left_at, " \
  "delivered_at, created_at, updated_at "

const db::Statement kOfOrder{"shipping.of_order", "SELECT " SHOPFLOW_SHIPMENT_COLUMNS R"(
FROM shipments WHERE order_id = $1 ORDER BY id
)"};

const db::Statement kFind{"shipping.find", "SELECT " SHOPFLOW_SHIPMENT_COLUMNS R"(
FROM shipments WHERE id = $1
)"};

const db::Statement kFindByTracking{"shipping.find_by_tracking", "SELECT " SHOPFLOW_SHIPMENT_COLUMNS R"(
FROM shipments WHERE carrier = $1 AND tracking_number = $2
)"};

const db::Statement kMove{"shipping.move", R"(
UPDATE shipments
SET state = $3::text::shipment_state, version = version + 1, left_at = $4, delivered_at = $5, updated_at = $6
WHERE id = $1 AND state = $2::text::shipment_state
)"};

const db::Statement kKeepNotice{"shipping.keep_notice", R"(
INSERT INTO webhook_events (provider, event_id, received_at) VALUES ('carrier:' || $1, $2, $3)
ON CONFLICT (provider, event_id) DO NOTHING
)"};

const db::Statement kKeepEarlyNotice{"shipping.keep_early_notice", R"(
INSERT INTO webhook_events (provider, event_id, received_at, tracking_number, status)
VALUES ('carrier:' || $1, $2, $3, $4, $5::text::shipment_state)
ON CONFLICT (provider, event_id) DO NOTHING
)"};

// Those of one moment in the order of a parcel's way, which is that of the type's values.
const db::Statement kEarlyNotices{"shipping.early_notices", R"(
SELECT status FROM webhook_events WHERE provider = 'carrier:' || $1 AND tracking_number = $2
ORDER BY received_at, status
)"};

// Any first number will do, as long as nothing else in the database uses it. The next statement sees what was
// committed meanwhile.
const db::Statement kLockTracking{"shipping.lock_tracking", R"(
SELECT pg_advisory_xact_lock(746621804, hashtext($1 || '/' || $2))
)"};

Shipment read(db::Row row) {
  Shipment shipment;
  shipment.id = row.next<ShipmentId>();
  shipment.order_id = row.next<OrderId>();
  shipment.state = json::value_of<ShipmentState>(row.next<std::string>()).value();
  shipment.carrier = row.next<std::string>();
  shipment.tracking_number = row.next<std::string>();
  shipment.tracking_url = row.next<std::optional<std::string>>();
  const auto skus = row.next<std::vector<Uuid>>();
  const auto quantities = row.next<std::vector<std::int32_t>>();
  for (std::size_t i = 0; i < skus.size(); ++i) shipment.lines.push_back({SkuId{skus[i]}, quantities.at(i)});
  shipment.left_at = row.next<std::optional<Timestamp>>();
  shipment.delivered_at = row.next<std::optional<Timestamp>>();
  shipment.created_at = row.next<Timestamp>();
  shipment.updated_at = row.next<Timestamp>();
  return shipment;
}

std::optional<Shipment> first(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read(rows[0]);
}

}  // namespace

void insert_shipment(db::Transaction& tx, const Shipment& shipment) {
  db::UuidArray skus;
  db::IntArray quantities;
  for (const auto& line : shipment.lines) {
    skus.push(line.sku_id);
    quantities.push(line.quantity);
  }
  tx.exec(kInsert, shipment.id, shipment.order_id, json::name_of(shipment.state), shipment.carrier,
          shipment.tracking_number, shipment.tracking_url, skus, quantities, shipment.created_at);
}

std::vector<Shipment> shipments_of(db::Transaction& tx, OrderId order) {
  const auto rows = tx.exec(kOfOrder, order);
  std::vector<Shipment> shipments;
  for (std::size_t i = 0; i < rows.size(); ++i) shipments.push_back(read(rows[i]));
  return shipments;
}

std::optional<Shipment> find_shipment(db::Transaction& tx, ShipmentId id) {
  return first(tx.exec(kFind, id));
}

std::optional<Shipment> find_by_tracking(db::Transaction& tx, const std::string& carrier,
                                         const std::string& tracking_number) {
  return first(tx.exec(kFindByTracking, carrier, tracking_number));
}

bool move_shipment(db::Transaction& tx, const Shipment& moved, ShipmentState from) {
  return tx.exec(kMove, moved.id, json::name_of(from), json::name_of(moved.state), moved.left_at,
                 moved.delivered_at, moved.updated_at)
             .affected() == 1;
}

bool keep_notice(db::Transaction& tx, const std::string& carrier, const std::string& event_id,
                 Timestamp now) {
  return tx.exec(kKeepNotice, carrier, event_id, now).affected() == 1;
}

bool keep_early_notice(db::Transaction& tx, const std::string& carrier, const CarrierNotice& notice,
                       Timestamp now) {
  return tx.exec(kKeepEarlyNotice, carrier, notice.event_id, now, notice.tracking_number,
                 json::name_of(notice.status))
             .affected() == 1;
}

std::vector<ShipmentState> early_notices(db::Transaction& tx, const std::string& carrier,
                                         const std::string& tracking_number) {
  const auto rows = tx.exec(kEarlyNotices, carrier, tracking_number);
  std::vector<ShipmentState> reported;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    reported.push_back(json::value_of<ShipmentState>(rows[i].next<std::string>()).value());
  }
  return reported;
}

void lock_tracking(db::Transaction& tx, const std::string& carrier, const std::string& tracking_number) {
  tx.exec(kLockTracking, carrier, tracking_number);
}

}  // namespace shopflow::shipping
