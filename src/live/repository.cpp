#include "live/repository.hpp"

#include "shopflow/db/transaction.hpp"
#include "shopflow/live/retention.hpp"

namespace shopflow::live {
namespace {

const db::Statement kInsert{"live.insert", R"(
INSERT INTO notifications (position, event_id, topic, kind, data, occurred_at)
SELECT n.position, n.event_id, n.topic, n.kind, n.data, n.occurred_at
FROM unnest($1::int8[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
     AS n (position, event_id, topic, kind, data, occurred_at)
ON CONFLICT (position) DO NOTHING
)"};

// Positions are given in the order of time, so the oldest are found by the key.
const db::Statement kDeleteOld{"live.delete_old", R"(
DELETE FROM notifications WHERE position IN (
  SELECT position FROM (SELECT position, occurred_at FROM notifications ORDER BY position LIMIT $2) AS oldest
  WHERE occurred_at < $1)
)"};

}  // namespace

void insert_notifications(db::Transaction& tx, const std::vector<Notification>& notifications) {
  db::BigIntArray positions;
  db::UuidArray events;
  db::TextArray topics;
  db::TextArray kinds;
  db::TextArray data;
  db::TimestampArray times;
  for (const auto& notification : notifications) {
    positions.push(notification.position);
    events.push(notification.event_id);
    topics.push(notification.topic);
    kinds.push(notification.kind);
    data.push(notification.data);
    times.push(notification.occurred_at);
  }
  tx.exec(kInsert, positions, events, topics, kinds, data, times);
}

std::size_t delete_old_notifications(db::Transaction& tx, Timestamp before, std::int32_t count_max) {
  return tx.exec(kDeleteOld, before, count_max).affected();
}

}  // namespace shopflow::live
