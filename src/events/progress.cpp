#include "shopflow/events/progress.hpp"

#include "shopflow/db/transaction.hpp"

namespace shopflow::events {
namespace {

const db::Statement kProgress{"events.progress", R"(
SELECT c.handler, c.position, h.position - c.position,
       (SELECT e.occurred_at FROM events e WHERE e.position > c.position ORDER BY e.position LIMIT 1),
       (SELECT count(*) FROM deliveries d WHERE d.handler = c.handler AND d.state = 'waiting'),
       (SELECT count(*) FROM deliveries d WHERE d.handler = c.handler AND d.state = 'dead'),
       (SELECT min(d.parked_at) FROM deliveries d WHERE d.handler = c.handler)
FROM handler_cursors c CROSS JOIN event_log_head h ORDER BY c.handler
)"};

}  // namespace

std::vector<HandlerProgress> read_progress(db::Transaction& tx) {
  const auto rows = tx.exec(kProgress);
  std::vector<HandlerProgress> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    HandlerProgress one;
    one.handler = row.next<std::string>();
    one.position = row.next<std::int64_t>();
    one.lag = row.next<std::int64_t>();
    one.oldest_at = row.next<std::optional<Timestamp>>();
    one.waiting = row.next<std::int64_t>();
    one.dead = row.next<std::int64_t>();
    one.parked_since = row.next<std::optional<Timestamp>>();
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace shopflow::events
