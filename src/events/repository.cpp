#include "events/repository.hpp"

#include "events/read_event.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::events::repository {
namespace {

const db::Statement kEnsure{"events.ensure_cursors", R"(
INSERT INTO handler_cursors (handler, position) SELECT h.name, 0 FROM unnest($1::text[]) AS h (name)
ON CONFLICT (handler) DO NOTHING
)"};

const db::Statement kTryLock{"events.try_lock_cursor", R"(
SELECT position FROM handler_cursors WHERE handler = $1 FOR UPDATE SKIP LOCKED
)"};

// Asked when the cursor is locked: a statement that locks it sees it as it is then, and all else as it was
// before.
const db::Statement kHasDeliveries{"events.has_deliveries",
                                   "SELECT EXISTS (SELECT 1 FROM deliveries WHERE handler = $1)"};

const db::Statement kLock{"events.lock_cursor",
                          "SELECT position FROM handler_cursors WHERE handler = $1 FOR UPDATE"};

// Locks as kTryLock does and moves at once, for a cursor that stands where it was left.
const db::Statement kAdvance{"events.advance_cursor", R"(
WITH mine AS (
  SELECT handler FROM handler_cursors WHERE handler = $1 AND position = $2 AND $2 < $3 FOR UPDATE SKIP LOCKED
)
UPDATE handler_cursors AS c SET position = $3 FROM mine WHERE c.handler = mine.handler
RETURNING EXISTS (SELECT 1 FROM deliveries d WHERE d.handler = c.handler)
)"};

const db::Statement kMove{"events.move_cursor", R"(
UPDATE handler_cursors SET position = $2 WHERE handler = $1 AND position < $2
)"};

const db::Statement kLowest{"events.lowest_cursor", R"(
SELECT coalesce(min(coalesce(c.position, 0)), 0) FROM unnest($1::text[]) AS h (name) LEFT JOIN handler_cursors c ON c.handler = h.name
)"};

// Here and below, a subquery for one value keeps to the index by aggregate, where a join might read all
// deliveries of the handler.
const db::Statement kParked{"events.parked_among", R"(
SELECT a.id FROM unnest($2::uuid[]) AS a (id)
WHERE (SELECT d.position FROM deliveries d WHERE d.handler = $1 AND d.aggregate_id = a.id LIMIT 1) IS NOT NULL
)"};

const db::Statement kInsert{"events.insert_deliveries", R"(
INSERT INTO deliveries (handler, position, aggregate_id, state, attempts, next_attempt_at, last_error, parked_at)
SELECT $1, d.position, d.aggregate_id, CASE WHEN d.dead THEN 'dead' ELSE 'waiting' END::delivery_state, d.attempts,
       d.next_attempt_at, d.last_error, $8
FROM (SELECT unnest($2::int8[]), unnest($3::uuid[]), unnest($4::bool[]), unnest($5::int4[]),
             unnest($6::timestamptz[]), unnest($7::text[]))
     AS d (position, aggregate_id, dead, attempts, next_attempt_at, last_error)
ON CONFLICT (handler, position) DO NOTHING
)"};

const db::Statement kDue{"events.due_aggregate", R"(
SELECT d.aggregate_id FROM deliveries d
WHERE d.handler = $1 AND d.state = 'waiting' AND d.next_attempt_at <= $2
  AND d.position = (SELECT min(e.position) FROM deliveries e
                    WHERE e.handler = d.handler AND e.aggregate_id = d.aggregate_id)
ORDER BY d.next_attempt_at LIMIT 1
)"};

const db::Statement kWaiting{"events.waiting_of_aggregate", "SELECT d.attempts, " SHOPFLOW_EVENT_COLUMNS R"(
FROM deliveries d JOIN events e ON e.position = d.position
WHERE d.handler = $1 AND d.aggregate_id = $2 AND d.state = 'waiting'
  AND coalesce(d.position < (SELECT min(b.position) FROM deliveries b
                             WHERE b.handler = $1 AND b.aggregate_id = $2 AND b.state = 'dead'), true)
ORDER BY d.position LIMIT $3
)"};

const db::Statement kFinish{"events.finish_deliveries", R"(
DELETE FROM deliveries WHERE handler = $1 AND position = ANY ($2::int8[])
)"};

const db::Statement kPostpone{"events.postpone_delivery", R"(
UPDATE deliveries SET state = CASE WHEN $3::boolean THEN 'dead' ELSE 'waiting' END::delivery_state, attempts = $4,
       next_attempt_at = $5, last_error = $6
WHERE handler = $1 AND position = $2 AND state = 'waiting'
)"};

}  // namespace

void ensure_cursors(db::Transaction& tx, const std::vector<std::string>& handlers) {
  tx.exec(kEnsure, db::TextArray{handlers});
}

std::optional<Cursor> try_lock_cursor(db::Transaction& tx, const std::string& handler) {
  const auto rows = tx.exec(kTryLock, handler);
  if (rows.empty()) return std::nullopt;
  auto row = rows[0];
  Cursor cursor;
  cursor.position = row.next<std::int64_t>();
  cursor.has_deliveries = tx.exec(kHasDeliveries, handler)[0].next<bool>();
  return cursor;
}

std::optional<Cursor> advance_cursor(db::Transaction& tx, const std::string& handler, std::int64_t from,
                                     std::int64_t to) {
  const auto rows = tx.exec(kAdvance, handler, from, to);
  if (rows.empty()) return std::nullopt;
  return Cursor{to, rows[0].next<bool>()};
}

bool lock_cursor(db::Transaction& tx, const std::string& handler) { return !tx.exec(kLock, handler).empty(); }

void move_cursor(db::Transaction& tx, const std::string& handler, std::int64_t position) {
  tx.exec(kMove, handler, position);
}

std::int64_t lowest_cursor(db::Transaction& tx, const std::vector<std::string>& handlers) {
  return tx.exec(kLowest, db::TextArray{handlers})[0].next<std::int64_t>();
}

std::unordered_set<Uuid> parked_among(db::Transaction& tx, const std::string& handler,
                                      const std::unordered_set<Uuid>& aggregates) {
  const auto rows = tx.exec(kParked, handler, db::UuidArray{aggregates});
  std::unordered_set<Uuid> parked;
  for (std::size_t i = 0; i < rows.size(); ++i) parked.insert(rows[i].next<Uuid>());
  return parked;
}

void insert_deliveries(db::Transaction& tx, const std::string& handler,
                       const std::vector<NewDelivery>& deliveries, Timestamp now) {
  if (deliveries.empty()) return;
  db::BigIntArray positions;
  db::UuidArray aggregates;
  db::BoolArray dead;
  db::IntArray attempts;
  db::TimestampArray due;
  db::TextArray errors;
  for (const auto& delivery : deliveries) {
    positions.push(delivery.position);
    aggregates.push(delivery.aggregate_id);
    dead.push(delivery.dead);
    attempts.push(delivery.attempts);
    due.push(delivery.next_attempt_at);
    errors.push(delivery.error);
  }
  tx.exec(kInsert, handler, positions, aggregates, dead, attempts, due, errors, now);
}

std::optional<Uuid> due_aggregate(db::Transaction& tx, const std::string& handler, Timestamp now) {
  const auto rows = tx.exec(kDue, handler, now);
  if (rows.empty()) return std::nullopt;
  return rows[0].next<Uuid>();
}

std::vector<Queued> waiting_of(db::Transaction& tx, const std::string& handler, const Uuid& aggregate,
                               std::size_t count_max) {
  const auto rows = tx.exec(kWaiting, handler, aggregate, count_max);
  std::vector<Queued> queued;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    Queued one;
    one.attempts = row.next<int>();
    one.event = read_event(row);
    queued.push_back(std::move(one));
  }
  return queued;
}

void finish_deliveries(db::Transaction& tx, const std::string& handler,
                       const std::vector<std::int64_t>& positions) {
  if (positions.empty()) return;
  db::BigIntArray array;
  for (const auto position : positions) array.push(position);
  tx.exec(kFinish, handler, array);
}

void postpone_delivery(db::Transaction& tx, const std::string& handler, const NewDelivery& delivery) {
  tx.exec(kPostpone, handler, delivery.position, delivery.dead, delivery.attempts, delivery.next_attempt_at,
          delivery.error);
}

}  // namespace shopflow::events::repository
