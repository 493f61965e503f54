#include "app/audit_effects.hpp"

#include "shopflow/db/transaction.hpp"

namespace shopflow::app {
namespace {

// The numbers of an aggregate's events count up along the log; the index on them gives their order.
const db::Statement kOrder{"app.audit_event_order", R"(
SELECT 'events of an aggregate are in order', aggregate_id::text, before, position
FROM (SELECT aggregate_id, position, lag(position) OVER (PARTITION BY aggregate_id ORDER BY sequence) AS before FROM events) AS e
WHERE position < before LIMIT 100
)"};

const db::Statement kDeliveries{"app.audit_deliveries", R"(
SELECT 'handlers are not ahead of the log', c.handler, h.position, c.position
FROM handler_cursors AS c, event_log_head AS h WHERE c.position > h.position
UNION ALL
(SELECT 'what is parked has been come to', d.handler, c.position, d.position
 FROM deliveries AS d JOIN handler_cursors AS c ON c.handler = d.handler WHERE d.position > c.position LIMIT 100)
UNION ALL
(SELECT 'what is parked is an event', d.handler, 1, 0
 FROM deliveries AS d WHERE NOT EXISTS (SELECT FROM events AS e WHERE e.position = d.position) LIMIT 100)
)"};

const db::Statement kOnce{"app.audit_effects_once", R"(
(SELECT 'an event is one fact', 'event ' || f.position, 1::int8, count(*)
 FROM fact_pages AS p, unnest(p.positions) AS f (position) GROUP BY f.position HAVING count(*) > 1 LIMIT 100)
UNION ALL
(SELECT 'an event is one notification', 'event ' || n.position, 1, count(*)
 FROM notification_pages AS p, unnest(p.positions) AS n (position) GROUP BY n.position HAVING count(*) > 1 LIMIT 100)
UNION ALL
(SELECT 'an event is one mail of a kind', 'event ' || m.position || ' ' || m.template, 1, count(*)
 FROM mails AS m GROUP BY m.position, m.template HAVING count(*) > 1 LIMIT 100)
UNION ALL
(SELECT 'a cart is one order', cart_id::text, 1, count(*) FROM orders GROUP BY cart_id HAVING count(*) > 1 LIMIT 100)
UNION ALL
(SELECT 'an attempt is one payment', order_id::text, 1, count(*) FROM payments
 WHERE attempt IS NOT NULL GROUP BY order_id, attempt HAVING count(*) > 1 LIMIT 100)
)"};

}  // namespace

std::vector<Difference> audit_effects(db::Transaction& tx) {
  std::vector<Difference> differences;
  for (const auto* statement : {&kOrder, &kDeliveries, &kOnce}) {
    const auto rows = tx.exec(*statement);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      auto check = row.next<std::string>();
      auto subject = row.next<std::string>();
      const auto expected = row.next<std::int64_t>();
      differences.push_back({std::move(check), std::move(subject), expected, row.next<std::int64_t>()});
    }
  }
  return differences;
}

}  // namespace shopflow::app
