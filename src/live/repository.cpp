#include "live/repository.hpp"

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "shopflow/db/transaction.hpp"
#include "shopflow/live/retention.hpp"

namespace shopflow::live {
namespace {

// The handler alone writes pages, one after the other, and nearly always of what comes behind all others.
const db::Statement kInsert{"live.insert_page", R"(
INSERT INTO notification_pages (last_position, first_position, latest_at, positions, topics)
SELECT $1::int8, $2::int8, $3::timestamptz, $4::int8[], $5::text[]
WHERE NOT EXISTS (SELECT FROM notification_pages WHERE last_position >= $2 AND first_position <= $1)
   OR $6::boolean
)"};

const db::Statement kKnown{"live.known_positions", R"(
SELECT known.position FROM notification_pages AS p, unnest(p.positions) AS known (position)
WHERE p.last_position >= $2 AND p.first_position <= $1 AND known.position = ANY ($3::int8[])
)"};

// Positions are given in the order of time, so the oldest are found by the key.
const db::Statement kDeleteOld{"live.delete_old", R"(
DELETE FROM notification_pages WHERE last_position IN (
  SELECT last_position FROM (SELECT last_position, latest_at FROM notification_pages ORDER BY last_position LIMIT $2) AS oldest
  WHERE latest_at < $1)
)"};

struct Page {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = 0;
  Timestamp latest = Timestamp::min();
  db::BigIntArray positions;
  db::TextArray topics;

  void push(const Notification& notification) {
    first = std::min(first, notification.position);
    last = std::max(last, notification.position);
    latest = std::max(latest, notification.occurred_at);
    positions.push(notification.position);
    topics.push(notification.topic);
  }
};

/// False if there are pages already that may hold some of these, unless that has been looked into.
bool insert_page(db::Transaction& tx, const Page& page, bool looked) {
  return tx.exec(kInsert, page.last, page.first, page.latest, page.positions, page.topics, looked)
             .affected() == 1;
}

}  // namespace

void insert_notifications(db::Transaction& tx, const std::vector<Notification>& notifications) {
  Page page;
  for (const auto& notification : notifications) page.push(notification);
  if (insert_page(tx, page, false)) return;
  const auto rows = tx.exec(kKnown, page.last, page.first, page.positions);
  std::unordered_set<std::int64_t> known;
  for (std::size_t i = 0; i < rows.size(); ++i) known.insert(rows[i].next<std::int64_t>());
  Page rest;
  for (const auto& notification : notifications) {
    if (!known.contains(notification.position)) rest.push(notification);
  }
  if (rest.positions.size() > 0) (void)insert_page(tx, rest, true);
}

std::size_t delete_old_notifications(db::Transaction& tx, Timestamp before, std::int32_t count_max) {
  return tx.exec(kDeleteOld, before, count_max).affected();
}

}  // namespace shopflow::live
