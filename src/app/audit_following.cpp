#include "app/audit_following.hpp"

#include "shopflow/db/differences.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::app {
namespace {

// Orders that the handler has not been told all of: once it has, what it keeps follows from the order's row,
// whatever way led there. A macro, because each statement stands for itself.
#define SHOPFLOW_UNTOLD(handler)                                                       \
  "WITH untold AS MATERIALIZED ("                                                      \
  "SELECT e.aggregate_id AS order_id FROM events AS e "                                \
  "WHERE e.position > (SELECT coalesce(max(c.position), 0) FROM handler_cursors AS c " \
  "WHERE c.handler = '" handler                                                        \
  "') "                                                                                \
  "UNION SELECT d.aggregate_id FROM deliveries AS d WHERE d.handler = '" handler "') "

// A hold that lapsed gave its units up; money that came too late took them again or cancelled the order.
const db::Statement kUnits{"app.audit_units", SHOPFLOW_UNTOLD("inventory") R"(
SELECT 'the units of an order that is ' || k.order_state || ' are ' || k.expected || ', not ' || k.found, k.id, 1, 0
FROM (SELECT o.id, o.state::text AS order_state,
             CASE WHEN o.state = 'cancelled' THEN 'freed' WHEN o.state <> 'pending_payment' THEN 'sold'
                  WHEN c.stage = 'expired' THEN 'freed' ELSE 'held' END AS expected,
             coalesce(a.state::text, 'missing') AS found
      FROM orders AS o LEFT JOIN order_allocations AS a ON a.order_id = o.id LEFT JOIN carts AS c ON c.id = o.cart_id) AS k
WHERE k.expected <> k.found AND NOT EXISTS (SELECT FROM untold AS u WHERE u.order_id = k.id)
ORDER BY k.id LIMIT 100
)"};

const db::Statement kPickLists{"app.audit_pick_lists", SHOPFLOW_UNTOLD("warehouse") R"(
SELECT 'the pick list of an order that is ' || k.order_state || ' is ' || k.expected || ', not ' || k.found, k.id, 1, 0
FROM (SELECT o.id, o.state::text AS order_state,
             CASE o.state WHEN 'pending_payment' THEN 'waiting' WHEN 'cancelled' THEN 'void'
                          WHEN 'paid' THEN CASE WHEN p.state = 'picking' THEN 'picking' ELSE 'ready' END
                          ELSE 'handed_over' END AS expected,
             coalesce(p.state::text, 'missing') AS found
      FROM orders AS o LEFT JOIN pick_lists AS p ON p.order_id = o.id) AS k
WHERE k.expected <> k.found AND NOT EXISTS (SELECT FROM untold AS u WHERE u.order_id = k.id)
ORDER BY k.id LIMIT 100
)"};

// The payment of an order that was cancelled may have found its units gone.
const db::Statement kPayments{"app.audit_units_of_payments", SHOPFLOW_UNTOLD("inventory") R"(
SELECT 'a payment has sold the units of its order', p.id, 1, 0
FROM payments AS p JOIN orders AS o ON o.id = p.order_id LEFT JOIN order_allocations AS a ON a.order_id = p.order_id
WHERE p.state = 'succeeded' AND NOT p.surplus AND o.state NOT IN ('pending_payment', 'cancelled')
  AND NOT coalesce(p.id = ANY (a.applied), false) AND NOT EXISTS (SELECT FROM untold AS u WHERE u.order_id = p.order_id)
ORDER BY p.id LIMIT 100
)"};

const db::Statement kParcels{"app.audit_units_of_parcels", SHOPFLOW_UNTOLD("inventory") R"(
SELECT 'a parcel that left has taken its units out', s.id, 1, 0
FROM shipments AS s LEFT JOIN order_allocations AS a ON a.order_id = s.order_id
WHERE s.left_at IS NOT NULL AND NOT coalesce(s.id = ANY (a.applied), false)
  AND NOT EXISTS (SELECT FROM untold AS u WHERE u.order_id = s.order_id)
ORDER BY s.id LIMIT 100
)"};

const db::Statement kReturns{"app.audit_units_of_refunds", SHOPFLOW_UNTOLD("inventory") R"(
SELECT 'units that came back with a refund are back', r.id, 1, 0
FROM refunds AS r LEFT JOIN order_allocations AS a ON a.order_id = r.order_id
WHERE r.state = 'succeeded' AND cardinality(r.restock_skus) > 0 AND NOT coalesce(r.id = ANY (a.applied), false)
  AND NOT EXISTS (SELECT FROM untold AS u WHERE u.order_id = r.order_id)
ORDER BY r.id LIMIT 100
)"};

#undef SHOPFLOW_UNTOLD

}  // namespace

std::vector<Difference> audit_following(db::Transaction& tx) {
  std::vector<Difference> differences;
  db::add_differences<OrderId>(tx.exec(kUnits), differences);
  db::add_differences<OrderId>(tx.exec(kPickLists), differences);
  db::add_differences<PaymentId>(tx.exec(kPayments), differences);
  db::add_differences<ShipmentId>(tx.exec(kParcels), differences);
  db::add_differences<RefundId>(tx.exec(kReturns), differences);
  return differences;
}

}  // namespace shopflow::app
