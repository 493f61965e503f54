#include "app/audit_effects.hpp"

#include <string_view>

#include "app/event_matrix.hpp"
#include "shopflow/db/differences.hpp"
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
(SELECT 'a payment is of one order', id::text, 1, count(*) FROM payments GROUP BY id HAVING count(*) > 1 LIMIT 100)
UNION ALL
(SELECT 'an attempt is one payment', order_id::text, 1, count(*) FROM payments
 WHERE attempt IS NOT NULL AND state <> 'canceled' GROUP BY order_id, attempt HAVING count(*) > 1 LIMIT 100)
)"};

// Surplus money was never revenue. Whether low stock was to be told by mail depends on what was configured
// then, which nothing tells. Pages of notifications go from the front of the log and sent mails by their age,
// so what is older than a day, the shortest that can be configured, and stands before all that is left may
// have gone while less was kept than now. A delivery that was dropped, or may have been, is known by the
// audit log. All that is missed is gathered first: over partitions, of which together the planner knows
// nothing, it takes a hundred for soon found, and would compare each event with each mail.
const db::Statement kMissing{"app.audit_effects_missing", R"(
WITH facts AS (
  SELECT f.position FROM fact_pages AS p, unnest(p.positions) AS f (position)
), notifications AS (
  SELECT n.position FROM notification_pages AS p, unnest(p.positions) AS n (position)
), mailed AS (
  SELECT position FROM mails WHERE template <> 'review_request'
  UNION ALL
  SELECT m.position FROM mail_pages AS p, unnest(p.positions, p.templates) AS m (position, template)
  WHERE m.template <> 'review_request'
), oldest AS MATERIALIZED (
  SELECT (SELECT min(first_position) FROM notification_pages) AS notification,
         (SELECT min(position) FROM mails WHERE state = 'sent' AND template <> 'review_request') AS mail
), given_up AS MATERIALIZED (
  SELECT split_part(path, '/', 5) AS handler, split_part(path, '/', 6) AS position FROM audit_log AS l
  WHERE method = 'DELETE' AND path LIKE '/v1/admin/dead-letters/%'
    AND (stage = 'ended' AND status = 204
         OR stage = 'begun' AND NOT EXISTS (SELECT FROM audit_log AS e WHERE e.stage = 'ended' AND e.position > l.position
                                            AND e.path = l.path AND e.trace_id = l.trace_id))
  UNION ALL
  SELECT split_part(path, ' ', 3), split_part(path, ' ', 4) FROM audit_log
  WHERE method = 'CLI' AND path LIKE 'events drop %'
), bare AS (
  SELECT e.position, e.type,
         f.position IS NULL AND e.type = ANY ($1::text[])
           AND NOT (e.type = 'RefundProcessed' AND e.data LIKE '%"surplus":true%') AS no_fact,
         n.position IS NULL AND e.type = ANY ($2::text[]) AND e.occurred_at >= $4::timestamptz
           AND (e.occurred_at >= $6::timestamptz OR e.position >= oldest.notification) AS no_notification,
         m.position IS NULL AND e.type = ANY ($3::text[]) AND e.type <> 'LowStock' AND e.occurred_at >= $5::timestamptz
           AND (e.occurred_at >= $6::timestamptz OR e.position >= oldest.mail) AS no_mail
  FROM oldest CROSS JOIN events AS e LEFT JOIN facts AS f ON f.position = e.position
       LEFT JOIN notifications AS n ON n.position = e.position LEFT JOIN mailed AS m ON m.position = e.position
), missed AS MATERIALIZED (
  SELECT missing.what, b.position, b.type
  FROM bare AS b,
       LATERAL (VALUES ('analytics', 'an event has its fact', b.no_fact),
                       ('notification', 'an event has its notification', b.no_notification),
                       ('email', 'an event has its mail', b.no_mail)) AS missing (handler, what, is_missing)
  WHERE (b.no_fact OR b.no_notification OR b.no_mail) AND missing.is_missing
    AND b.position <= (SELECT c.position FROM handler_cursors AS c WHERE c.handler = missing.handler)
    AND NOT EXISTS (SELECT FROM deliveries AS d WHERE d.handler = missing.handler AND d.position = b.position)
    AND NOT EXISTS (SELECT FROM given_up AS g WHERE g.handler = missing.handler AND g.position = b.position::text)
)
SELECT what, 'event ' || position || ' ' || type, 1::int8, 0::int8 FROM missed ORDER BY position LIMIT 100
)"};

/// The types of the events that the handler takes.
db::TextArray types_for(std::string_view handler) {
  db::TextArray types;
  for (const auto& row : kEventMatrix) {
    for (std::size_t i = 0; i < kHandlerNames.size(); ++i) {
      if (kHandlerNames[i] == handler && row.cells[i] != Cell::none) types.push(row.event);
    }
  }
  return types;
}

}  // namespace

std::vector<Difference> audit_effects(db::Transaction& tx, const EffectsKept& kept) {
  std::vector<Difference> differences;
  for (const auto* statement : {&kOrder, &kDeliveries, &kOnce})
    db::add_differences(tx.exec(*statement), differences);
  db::add_differences(
      tx.exec(kMissing, types_for("analytics"), types_for("notification"), types_for("email"),
              kept.now - kept.notifications, kept.now - kept.mails, kept.now - std::chrono::days{1}),
      differences);
  return differences;
}

}  // namespace shopflow::app
