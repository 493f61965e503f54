#include "shopflow/inventory/audit.hpp"

#include "shopflow/db/differences.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::inventory {
namespace {

const db::Statement kLedger{"inventory.audit_ledger", R"(
WITH sums AS (
  SELECT sku_id, location_id,
         sum(CASE WHEN movement IN ('receive', 'restock', 'adjust') THEN quantity WHEN movement = 'ship' THEN -quantity
             ELSE 0 END) AS on_hand,
         sum(CASE WHEN movement = 'hold' THEN quantity WHEN movement IN ('free', 'sell') THEN -quantity
             ELSE 0 END) AS held,
         sum(CASE WHEN movement = 'sell' THEN quantity WHEN movement IN ('unsell', 'ship') THEN -quantity
             ELSE 0 END) AS sold
  FROM stock_ledger GROUP BY sku_id, location_id
), compared AS (
  SELECT coalesce(s.sku_id, l.sku_id) AS sku_id, c.name, c.expected, c.found
  FROM stock AS s FULL JOIN sums AS l ON l.sku_id = s.sku_id AND l.location_id = s.location_id,
       LATERAL (VALUES ('stock.on_hand equals the ledger', coalesce(l.on_hand, 0), coalesce(s.on_hand, 0)),
                       ('stock.held equals the ledger', coalesce(l.held, 0), coalesce(s.held, 0)),
                       ('stock.sold equals the ledger', coalesce(l.sold, 0), coalesce(s.sold, 0)))
               AS c (name, expected, found)
)
SELECT name, sku_id, expected, found FROM compared WHERE expected <> found ORDER BY sku_id, name
)"};

const db::Statement kNegative{"inventory.audit_negative", R"(
SELECT 'stock.' || c.name || ' is not negative', s.sku_id, 0, c.found
FROM stock AS s,
     LATERAL (VALUES ('on_hand', s.on_hand), ('held', s.held), ('sold', s.sold),
                     ('available', s.on_hand - s.held - s.sold)) AS c (name, found)
WHERE c.found < 0
)"};

const db::Statement kAllocations{"inventory.audit_allocations", R"(
WITH lines AS (
  SELECT o.state, l.sku_id, l.quantity - l.shipped AS units
  FROM order_allocations AS o, unnest(o.sku_ids, o.quantities, o.shipped) AS l (sku_id, quantity, shipped)
  WHERE o.state <> 'freed'
), sums AS (
  SELECT sku_id, coalesce(sum(units) FILTER (WHERE state = 'held'), 0) AS held,
         coalesce(sum(units) FILTER (WHERE state = 'sold'), 0) AS sold
  FROM lines GROUP BY sku_id
), totals AS (
  SELECT sku_id, sum(held) AS held, sum(sold) AS sold FROM stock GROUP BY sku_id
)
SELECT 'stock.sold equals the sold allocations', coalesce(t.sku_id, a.sku_id), coalesce(a.sold, 0), coalesce(t.sold, 0)
FROM totals AS t FULL JOIN sums AS a ON a.sku_id = t.sku_id
WHERE coalesce(a.sold, 0) <> coalesce(t.sold, 0)
UNION ALL
SELECT 'stock.held covers the held allocations', coalesce(t.sku_id, a.sku_id), coalesce(a.held, 0), coalesce(t.held, 0)
FROM totals AS t FULL JOIN sums AS a ON a.sku_id = t.sku_id
WHERE coalesce(a.held, 0) > coalesce(t.held, 0)
)"};

}  // namespace

std::vector<Difference> audit_stock(db::Transaction& tx) {
  std::vector<Difference> differences;
  for (const auto* statement : {&kLedger, &kNegative, &kAllocations})
    db::add_differences<SkuId>(tx.exec(*statement), differences);
  return differences;
}

}  // namespace shopflow::inventory
