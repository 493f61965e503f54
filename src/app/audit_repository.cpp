#include "app/audit_repository.hpp"

#include "app/event_matrix.hpp"
#include "shopflow/db/differences.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::app {
namespace {

const db::Statement kSnapshot{"app.snapshot", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"};
// Whole tables are compared with each other, where the server's statements look for rows. Never row by row: a
// table that grew faster than its statistics is taken for a small one, and the audit of a rush would not end.
// What that setting adds to the costs of the few loops there have to be is no reason to compile a statement.
const db::Statement kWholeTables{"app.whole_tables", R"(
SELECT set_config('enable_seqscan', 'on', true), set_config('enable_nestloop', 'off', true),
       set_config('jit', 'off', true), set_config('work_mem', '64MB', true)
)"};

// The events that the inventory handler has not applied yet, in passing or parked, are owed by it: an order
// that was created owns what its cart held; one that lapsed, was cancelled or was paid is about to give its
// units up or to have them counted as sold, which the allocation's state says only afterwards.
const db::Statement kOwners{"app.owners", R"(
WITH owned AS (
  SELECT line.sku_id, line.held AS units
  FROM carts, unnest(carts.sku_ids, carts.held) AS line (sku_id, held)
  WHERE carts.stage = 'cart' AND line.held > 0
  UNION ALL
  SELECT line.sku_id, line.quantity
  FROM order_allocations AS a, unnest(a.sku_ids, a.quantities) AS line (sku_id, quantity)
  WHERE a.state = 'held'
  UNION ALL
  SELECT line.sku_id, line.quantity
  FROM orders AS o, unnest(o.line_skus, o.line_quantities) AS line (sku_id, quantity)
  WHERE NOT EXISTS (SELECT FROM order_allocations AS a WHERE a.order_id = o.id)
  UNION ALL
  SELECT line.sku_id, line.quantity
  FROM order_allocations AS a
  JOIN orders AS o ON o.id = a.order_id, unnest(a.sku_ids, a.quantities) AS line (sku_id, quantity)
  WHERE a.state = 'freed' AND o.captured > 0 AND o.state <> 'cancelled'
), sums AS (
  SELECT sku_id, sum(units) AS units FROM owned GROUP BY sku_id
), counted AS (
  SELECT sku_id, sum(held) AS held FROM stock GROUP BY sku_id
)
SELECT 'held units have owners', coalesce(counted.sku_id, sums.sku_id), coalesce(sums.units, 0)::int8, coalesce(counted.held, 0)::int8
FROM counted FULL JOIN sums ON sums.sku_id = counted.sku_id
WHERE coalesce(sums.units, 0) <> coalesce(counted.held, 0)
ORDER BY 2
LIMIT 100
)"};

const db::Statement kLog{"app.log", R"(
SELECT 'events are counted without gaps', 'log', head.position, (SELECT count(*) FROM events)
FROM event_log_head AS head
WHERE head.position <> (SELECT count(*) FROM events)
UNION ALL
(SELECT 'events are counted without gaps', aggregate_id::text, max(sequence)::int8, count(*)
 FROM events GROUP BY aggregate_id HAVING max(sequence) <> count(*) LIMIT 100)
)"};

// In order, or else the first hundred rows are looked for by comparing everything with everything, as if
// there were many. Orders are compared with their events by their own room. A handler that has no place while
// others have come along is told nothing, and of what it lacks nothing would be missed.
const db::Statement kEnds{"app.log_ends", R"(
(SELECT 'the last event of what changes is there', counted.id::text, counted.last, coalesce(told.last, 0)
 FROM (SELECT sku_id AS id, event_sequence::int8 AS last FROM stock WHERE event_sequence > 0
       UNION ALL SELECT id, event_sequence FROM carts WHERE event_sequence > 0) AS counted
 LEFT JOIN (SELECT aggregate_id, max(sequence)::int8 AS last FROM events WHERE aggregate <> 'order' GROUP BY aggregate_id) AS told
   ON told.aggregate_id = counted.id
 WHERE counted.last <> coalesce(told.last, 0) ORDER BY counted.id LIMIT 100)
UNION ALL
SELECT 'a handler has its place in the log', wanted.handler, 1::int8, 0::int8
FROM unnest($1::text[]) AS wanted (handler)
WHERE EXISTS (SELECT FROM handler_cursors WHERE position > 0) AND NOT EXISTS (SELECT FROM handler_cursors AS c WHERE c.handler = wanted.handler)
)"};

const db::Statement kStockTotals{"app.stock_totals", R"(
SELECT coalesce(sum(on_hand), 0)::int8, coalesce(sum(held), 0)::int8, coalesce(sum(sold), 0)::int8,
       count(*) FILTER (WHERE held < 0 OR sold < 0 OR held + sold > on_hand)
FROM stock
)"};

}  // namespace

StockTotals read_stock_totals(db::Transaction& tx) {
  auto row = tx.exec(kStockTotals)[0];
  StockTotals totals;
  totals.on_hand = row.next<std::int64_t>();
  totals.held = row.next<std::int64_t>();
  totals.sold = row.next<std::int64_t>();
  totals.violations = row.next<std::int64_t>();
  return totals;
}

void take_snapshot(db::Transaction& tx) {
  tx.exec(kSnapshot);
  tx.exec(kWholeTables);
}

std::vector<Difference> audit_owners(db::Transaction& tx) {
  std::vector<Difference> differences;
  db::add_differences<SkuId>(tx.exec(kOwners), differences);
  return differences;
}

std::vector<Difference> audit_log(db::Transaction& tx) {
  std::vector<Difference> differences;
  db::add_differences(tx.exec(kLog), differences);
  db::add_differences(tx.exec(kEnds, db::TextArray{kHandlerNames}), differences);
  return differences;
}

}  // namespace shopflow::app
