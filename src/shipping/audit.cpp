#include "shopflow/shipping/audit.hpp"

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
SELECT coalesce(g.order_id, t.aggregate_id) AS id, coalesce(g.parcels, 0), coalesce(t.parcels, 0)
FROM gone AS g FULL JOIN told AS t ON t.aggregate_id = g.order_id
WHERE coalesce(g.parcels, 0) <> coalesce(t.parcels, 0) ORDER BY id LIMIT 100
)"};

// A parcel that is past its label has left.
const db::Statement kLeft{"shipping.audit_left", R"(
SELECT id, (state <> 'label_created')::int4, (left_at IS NOT NULL)::int4 FROM shipments
WHERE (state <> 'label_created') <> (left_at IS NOT NULL) ORDER BY id LIMIT 100
)"};

template <class IdType>
void compare(db::Transaction& tx, const db::Statement& statement, const char* check,
             std::vector<Difference>& differences) {
  const auto rows = tx.exec(statement);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto subject = row.next<IdType>().str();
    const auto expected = row.next<std::int64_t>();
    differences.push_back({check, std::move(subject), expected, row.next<std::int64_t>()});
  }
}

}  // namespace

std::vector<Difference> audit_parcels(db::Transaction& tx) {
  std::vector<Difference> differences;
  compare<OrderId>(tx, kTold, "a parcel that left has its OrderShipped", differences);
  compare<ShipmentId>(tx, kLeft, "a parcel that is under way has left", differences);
  return differences;
}

}  // namespace shopflow::shipping
