#include "shopflow/carts/audit.hpp"

#include "shopflow/db/differences.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::carts {
namespace {

const db::Statement kHeld{"carts.held_by_sku", R"(
SELECT l.sku_id, sum(l.held)::int8
FROM carts AS c, unnest(c.sku_ids, c.held) AS l (sku_id, held)
WHERE c.stage = 'cart' GROUP BY l.sku_id HAVING sum(l.held) > 0 ORDER BY l.sku_id
)"};

// A lapsed hold that the sweep has not come to for a minute is one that nothing will free.
const db::Statement kProblems{"carts.problems", R"(
SELECT what, id, expected, found FROM (
  SELECT c.id, 'cart lines have a quantity each' AS what, cardinality(c.sku_ids)::int8 AS expected,
         least(cardinality(c.quantities), cardinality(c.held), cardinality(c.deadlines))::int8 AS found
  FROM carts AS c
  WHERE cardinality(c.quantities) <> cardinality(c.sku_ids) OR cardinality(c.held) <> cardinality(c.sku_ids)
     OR cardinality(c.deadlines) <> cardinality(c.sku_ids)
  UNION ALL
  SELECT c.id, 'cart line is held as a whole or not at all', l.quantity, l.held
  FROM carts AS c, unnest(c.quantities, c.held) AS l (quantity, held)
  WHERE l.quantity NOT BETWEEN 1 AND 10000 OR (l.held <> 0 AND l.held <> l.quantity)
  UNION ALL
  SELECT c.id, 'SKU stands in one line of a cart', 1, count(*)
  FROM carts AS c, unnest(c.sku_ids) AS l (sku_id) GROUP BY c.id, l.sku_id HAVING count(*) > 1
  UNION ALL
  SELECT c.id, 'lines that lapse before the next deadline of their cart', 0, count(*)
  FROM carts AS c, unnest(c.held, c.deadlines) AS l (held, deadline)
  WHERE l.held > 0 AND c.stage <> 'expired'
    AND (c.next_deadline > l.deadline OR (c.stage = 'cart' AND c.next_deadline IS NULL))
  GROUP BY c.id
  UNION ALL
  SELECT c.id, 'lines of an order lapse together', 1, count(DISTINCT l.deadline)
  FROM carts AS c, unnest(c.held, c.deadlines) AS l (held, deadline)
  WHERE c.stage IN ('checkout', 'payment') AND l.held > 0 GROUP BY c.id HAVING count(DISTINCT l.deadline) > 1
  UNION ALL
  SELECT c.id, 'minutes that a lapsed hold is not freed', 0,
         (extract(epoch FROM $1::timestamptz - c.next_deadline) / 60)::int8
  FROM carts AS c
  WHERE c.stage = 'cart' AND c.next_deadline < $1::timestamptz - interval '1 minute' AND 0 < ANY (c.held)
  UNION ALL
  SELECT c.id, 'stage ' || c.stage || ' goes with its order and its deadline', 1, 0
  FROM carts AS c
  WHERE (c.stage = 'cart') <> (c.order_id IS NULL)
     OR (c.stage IN ('checkout', 'payment') AND c.next_deadline IS NULL)
     OR (c.stage IN ('sold', 'released') AND c.next_deadline IS NOT NULL)
) AS problems ORDER BY id, what LIMIT 100
)"};

}  // namespace

CartsAudit audit_carts(db::Transaction& tx, Timestamp now) {
  CartsAudit audit;
  const auto held = tx.exec(kHeld);
  for (std::size_t i = 0; i < held.size(); ++i) {
    auto row = held[i];
    const auto sku = row.next<SkuId>();
    audit.held.push_back({sku, row.next<std::int64_t>()});
  }
  db::add_differences<CartId>(tx.exec(kProblems, now), audit.problems);
  return audit;
}

}  // namespace shopflow::carts
