#include "shopflow/events/dead_letters.hpp"

#include "events/read_event.hpp"
#include "events/repository.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::events {
namespace {

#define SHOPFLOW_DELIVERIES                                                  \
  "SELECT d.handler, d.state, d.attempts, d.next_attempt_at, d.last_error, " \
  "d.parked_at, " SHOPFLOW_EVENT_COLUMNS "FROM deliveries AS d JOIN events AS e ON e.position = d.position "

const db::Statement kList{"deliveries.list", SHOPFLOW_DELIVERIES R"(
WHERE ($1::text IS NULL OR d.handler = $1) AND ($2::text IS NULL OR d.state = $2::delivery_state)
  AND (d.position, d.handler) > ($3::bigint, $4::text)
ORDER BY d.position, d.handler LIMIT $5
)"};

const db::Statement kFindDelivery{"deliveries.find",
                                  SHOPFLOW_DELIVERIES "WHERE d.handler = $1 AND d.position = $2"};

const db::Statement kRetry{"deliveries.retry", R"(
UPDATE deliveries SET state = 'waiting', attempts = 0, next_attempt_at = $3 WHERE handler = $1 AND position = $2
)"};

const db::Statement kDrop{"deliveries.drop", "DELETE FROM deliveries WHERE handler = $1 AND position = $2"};

const db::Statement kReplay{"deliveries.replay", R"(
INSERT INTO deliveries (handler, position, aggregate_id, state, attempts, next_attempt_at, last_error, parked_at)
SELECT c.handler, e.position, e.aggregate_id, 'waiting', 0, $4, 'replayed', $4
FROM handler_cursors c JOIN events e ON e.position BETWEEN $2 AND least($3, c.position)
WHERE c.handler = $1
ON CONFLICT (handler, position) DO NOTHING
)"};

const db::Statement kOldest{"events.forgotten", R"(
SELECT position FROM events WHERE position BETWEEN $1 AND $2 AND occurred_at < $3 ORDER BY position LIMIT 1
)"};

const db::Statement kFates{"deliveries.fates", R"(
SELECT c.handler,
       CASE WHEN d.state IS NOT NULL THEN d.state::text WHEN c.position >= $1 THEN 'done' ELSE 'pending' END,
       coalesce(d.attempts, 0), coalesce(d.last_error, '')
FROM handler_cursors c LEFT JOIN LATERAL (
  SELECT state, attempts, last_error FROM deliveries WHERE handler = c.handler AND position = $1 OFFSET 0
) AS d ON true
ORDER BY c.handler
)"};

template <class State>
State read_state(db::Row& row) {
  return json::value_of<State>(row.next<std::string>()).value();
}

Delivery read_delivery(db::Row row) {
  Delivery delivery;
  delivery.handler = row.next<std::string>();
  delivery.state = read_state<DeliveryState>(row);
  delivery.attempts = row.next<int>();
  delivery.next_attempt_at = row.next<Timestamp>();
  delivery.last_error = row.next<std::string>();
  delivery.parked_at = row.next<Timestamp>();
  delivery.event = read_event(row);
  return delivery;
}

Result<void> changed(const db::Rows& rows) {
  if (rows.affected() > 0) return {};
  return fail(errors::delivery_not_found);
}

}  // namespace

std::vector<Delivery> list_deliveries(db::Transaction& tx, const DeliveryFilter& filter,
                                      std::size_t count_max) {
  const auto state =
      filter.state ? std::optional{std::string{json::name_of(*filter.state)}} : std::optional<std::string>{};
  const auto [position, handler] = filter.after.value_or(std::pair<std::int64_t, std::string>{0, ""});
  const auto rows = tx.exec(kList, filter.handler, state, position, handler, count_max);
  std::vector<Delivery> deliveries;
  for (std::size_t i = 0; i < rows.size(); ++i) deliveries.push_back(read_delivery(rows[i]));
  return deliveries;
}

std::optional<Delivery> find_delivery(db::Transaction& tx, const std::string& handler,
                                      std::int64_t position) {
  const auto rows = tx.exec(kFindDelivery, handler, position);
  if (rows.empty()) return std::nullopt;
  return read_delivery(rows[0]);
}

Result<void> retry_delivery(db::Transaction& tx, const std::string& handler, std::int64_t position,
                            Timestamp now) {
  if (!repository::lock_cursor(tx, handler)) return fail(errors::handler_not_found, handler);
  return changed(tx.exec(kRetry, handler, position, now));
}

Result<void> drop_delivery(db::Transaction& tx, const std::string& handler, std::int64_t position) {
  if (!repository::lock_cursor(tx, handler)) return fail(errors::handler_not_found, handler);
  return changed(tx.exec(kDrop, handler, position));
}

Result<std::int64_t> replay_events(db::Transaction& tx, const std::string& handler, std::int64_t first,
                                   std::int64_t last, Timestamp now, const HandlerMemory& memory) {
  if (first < 1 || last < first || last - first >= kReplayMax)
    return fail(errors::replay_range, "A replay spans 1 to " + std::to_string(kReplayMax) + " positions.");
  if (!repository::lock_cursor(tx, handler)) return fail(errors::handler_not_found, handler);
  if (const auto known = memory.find(handler); known != memory.end()) {
    const auto oldest = tx.exec(kOldest, first, last, now - known->second);
    if (!oldest.empty())
      return fail(errors::replay_too_old, "The first to be left out is that at " +
                                              std::to_string(oldest[0].next<std::int64_t>()) + ".");
  }
  return static_cast<std::int64_t>(tx.exec(kReplay, handler, first, last, now).affected());
}

std::vector<Fate> read_fates(db::Transaction& tx, std::int64_t position) {
  const auto rows = tx.exec(kFates, position);
  std::vector<Fate> fates;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    Fate fate;
    fate.handler = row.next<std::string>();
    fate.state = read_state<Fate::State>(row);
    fate.attempts = row.next<int>();
    fate.last_error = row.next<std::string>();
    fates.push_back(std::move(fate));
  }
  return fates;
}

}  // namespace shopflow::events
