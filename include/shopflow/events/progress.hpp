#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shopflow/core/time.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::events {

/// How far a handler has come, by the database: the same on every server.
struct HandlerProgress {
  std::string handler;
  std::int64_t position = 0;              // the last event that it has passed
  std::int64_t lag = 0;                   // events of the log behind that
  std::optional<Timestamp> oldest_at;     // when the first of them occurred
  std::int64_t waiting = 0;               // parked events that will be tried (again)
  std::int64_t dead = 0;                  // parked events that wait for a person
  std::optional<Timestamp> parked_since;  // since when the oldest parked event is
};

/// Every handler that has ever run on this database, by name.
[[nodiscard]] std::vector<HandlerProgress> read_progress(db::Transaction& tx);

}  // namespace shopflow::events
