#include "shopflow/shipping/audit.hpp"

#include "shopflow/db/differences.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::shipping {
namespace {

const db::Statement kTold{"shipping.audit_told", R"(
WITH gone AS (
  SELECT order_id, count(*) AS parcels FROM shipments WHERE left_at IS NOT NULL GROUP BY order_id
), told AS (
  SELECT aggregate_id, count(*) AS parcels FROM events WHERE aggregate = 'order' AND type = 'OrderShipped'
  GROUP BY aggregate_id
)
SELECT 'a parcel that left has its OrderShipped', coalesce(g.order_id, t.aggregate_id) AS id, coalesce(g.parcels, 0),
       coalesce(t.parcels, 0)
FROM gone AS g FULL JOIN told AS t ON t.aggregate_id = g.order_id
WHERE coalesce(g.parcels, 0) <> coalesce(t.parcels, 0) ORDER BY id LIMIT 100
)"};

// A parcel that is past its label has left.
const db::Statement kLeft{"shipping.audit_left", R"(
SELECT 'a parcel that is under way has left', id, (state <> 'label_created')::int4, (left_at IS NOT NULL)::int4
FROM shipments
WHERE (state <> 'label_created') <> (left_at IS NOT NULL) ORDER BY id LIMIT 100
)"};

}  // namespace

std::vector<Difference> audit_parcels(db::Transaction& tx) {
  std::vector<Difference> differences;
  db::add_differences<OrderId>(tx.exec(kTold), differences);
  db::add_differences<ShipmentId>(tx.exec(kLeft), differences);
  return differences;
}

}  // namespace shopflow::shipping
