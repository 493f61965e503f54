#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shopflow/events/envelope.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::events {

/// An event as it stands in the log.
struct StoredEvent {
  Envelope envelope;
  std::string data;  // JSON
};

/// The events of one aggregate in order: an order's timeline.
[[nodiscard]] std::vector<StoredEvent> read_aggregate(db::Transaction& tx, const Uuid& aggregate_id);

/// The first event of each of these aggregates that has any, in no particular order.
[[nodiscard]] std::vector<StoredEvent> read_first(db::Transaction& tx,
                                                  const std::vector<Uuid>& aggregate_ids);

/// Up to `count_max` events behind `position`, in order.
[[nodiscard]] std::vector<StoredEvent> read_after(db::Transaction& tx, std::int64_t position,
                                                  std::size_t count_max);

[[nodiscard]] std::optional<StoredEvent> find_event(db::Transaction& tx, std::int64_t position);

/// The position of the last event, 0 for an empty log.
[[nodiscard]] std::int64_t read_head(db::Transaction& tx);

/// What to list, newest first.
struct EventFilter {
  std::optional<Uuid> aggregate_id;
  std::optional<std::string> type;
  std::optional<std::int64_t> before;  // only events before this position
};

/// The newest events of the filter, `count_max` at most. There is no index by type, so a filter by type alone
/// looks at `kTypeWindow` positions at a time.
inline constexpr std::int64_t kTypeWindow = 50'000;
[[nodiscard]] std::vector<StoredEvent> list_events(db::Transaction& tx, const EventFilter& filter,
                                                   std::size_t count_max);

}  // namespace shopflow::events
