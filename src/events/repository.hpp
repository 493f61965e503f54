#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "shopflow/core/time.hpp"
#include "shopflow/events/log.hpp"

/// The relay's books: cursors, and the deliveries of what could not be taken in passing. Whoever changes the
/// deliveries of a handler holds the lock on its cursor.
namespace shopflow::events::repository {

/// Gives a cursor at the beginning of the log to handlers that have none.
void ensure_cursors(db::Transaction& tx, const std::vector<std::string>& handlers);

struct Cursor {
  std::int64_t position = 0;
  bool has_deliveries = false;
};
/// Locks the handler's cursor until the end of the transaction; nullopt when someone else has it.
[[nodiscard]] std::optional<Cursor> try_lock_cursor(db::Transaction& tx, const std::string& handler);
/// Locks the cursor and moves it on, in one statement; nullopt, and nothing done, when it does not stand at
/// `from` or someone else has it.
[[nodiscard]] std::optional<Cursor> advance_cursor(db::Transaction& tx, const std::string& handler,
                                                   std::int64_t from, std::int64_t to);
/// Locks it and waits for it; false when there is no such handler.
[[nodiscard]] bool lock_cursor(db::Transaction& tx, const std::string& handler);
void move_cursor(db::Transaction& tx, const std::string& handler, std::int64_t position);
/// The cursor that is furthest behind.
[[nodiscard]] std::int64_t lowest_cursor(db::Transaction& tx, const std::vector<std::string>& handlers);

/// Which of the aggregates have deliveries that hold back what comes behind them.
[[nodiscard]] std::unordered_set<Uuid> parked_among(db::Transaction& tx, const std::string& handler,
                                                    const std::unordered_set<Uuid>& aggregates);

struct NewDelivery {
  std::int64_t position = 0;
  Uuid aggregate_id;
  bool dead = false;
  int attempts = 0;
  Timestamp next_attempt_at;
  std::string error;
};
void insert_deliveries(db::Transaction& tx, const std::string& handler,
                       const std::vector<NewDelivery>& deliveries, Timestamp now);

/// The aggregate whose first delivery has been due for longest.
[[nodiscard]] std::optional<Uuid> due_aggregate(db::Transaction& tx, const std::string& handler,
                                                Timestamp now);

struct Queued {
  StoredEvent event;
  int attempts = 0;
};
/// The deliveries of the aggregate that wait, in order, up to the first that is dead.
[[nodiscard]] std::vector<Queued> waiting_of(db::Transaction& tx, const std::string& handler,
                                             const Uuid& aggregate, std::size_t count_max);
void finish_deliveries(db::Transaction& tx, const std::string& handler,
                       const std::vector<std::int64_t>& positions);
void postpone_delivery(db::Transaction& tx, const std::string& handler, const NewDelivery& delivery);

}  // namespace shopflow::events::repository
