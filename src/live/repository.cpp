#include "live/repository.hpp"

#include "shopflow/db/transaction.hpp"
#include "shopflow/live/retention.hpp"

namespace shopflow::live {
namespace {

// Nobody but the handler writes them, one batch after the other, so it is enough to look whether one is
// there; an ON CONFLICT that never happens would cost more.
const db::Statement kInsert{"live.insert", R"(
INSERT INTO notifications (position, occurred_at, topic)
SELECT n.position, n.occurred_at, n.topic
FROM unnest($1::int8[], $2::timestamptz[], $3::text[]) AS n (position, occurred_at, topic)
WHERE NOT EXISTS (SELECT FROM notifications AS known WHERE known.position = n.position)
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
  db::TimestampArray times;
  db::TextArray topics;
  for (const auto& notification : notifications) {
    positions.push(notification.position);
    times.push(notification.occurred_at);
    topics.push(notification.topic);
  }
  tx.exec(kInsert, positions, times, topics);
}

std::size_t delete_old_notifications(db::Transaction& tx, Timestamp before, std::int32_t count_max) {
  return tx.exec(kDeleteOld, before, count_max).affected();
}

}  // namespace shopflow::live
