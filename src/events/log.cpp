#include "shopflow/events/log.hpp"

#include <algorithm>

#include "events/read_event.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::events {
namespace {

const db::Statement kAggregate{"events.read_aggregate", "SELECT " SHOPFLOW_EVENT_COLUMNS R"(
FROM events AS e WHERE aggregate_id = $1 ORDER BY sequence
)"};

const db::Statement kFirst{"events.read_first", "SELECT " SHOPFLOW_EVENT_COLUMNS R"(
FROM events AS e WHERE aggregate_id = ANY ($1::uuid[]) AND sequence = 1
)"};

const db::Statement kAfter{"events.read_after", "SELECT " SHOPFLOW_EVENT_COLUMNS R"(
FROM events AS e WHERE position > $1 ORDER BY position LIMIT $2
)"};

const db::Statement kFind{"events.find", "SELECT " SHOPFLOW_EVENT_COLUMNS R"(
FROM events AS e WHERE position = $1
)"};

const db::Statement kHead{"events.head", "SELECT position FROM event_log_head"};

const db::Statement kNewest{"events.list_newest", "SELECT " SHOPFLOW_EVENT_COLUMNS R"(
FROM events AS e WHERE position < $1 AND position >= $2 AND ($3::text IS NULL OR type = $3)
ORDER BY position DESC LIMIT $4
)"};

const db::Statement kNewestOfAggregate{"events.list_newest_of_aggregate", "SELECT " SHOPFLOW_EVENT_COLUMNS R"(
FROM events AS e WHERE aggregate_id = $1 AND position < $2 AND ($3::text IS NULL OR type = $3)
ORDER BY sequence DESC LIMIT $4
)"};

std::vector<StoredEvent> read_all(const db::Rows& rows) {
  std::vector<StoredEvent> events;
  events.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    events.push_back(read_event(row));
  }
  return events;
}

}  // namespace

StoredEvent read_event(db::Row& row) {
  StoredEvent event;
  auto& envelope = event.envelope;
  envelope.position = row.next<std::int64_t>();
  envelope.id = row.next<EventId>();
  envelope.type = row.next<std::string>();
  envelope.version = row.next<std::int16_t>();
  envelope.aggregate = row.next<std::string>();
  envelope.aggregate_id = row.next<Uuid>();
  envelope.sequence = row.next<std::int32_t>();
  envelope.occurred_at = row.next<Timestamp>();
  envelope.traceparent = row.next<std::string>();
  event.data = row.next<std::string>();
  return event;
}

std::vector<StoredEvent> read_aggregate(db::Transaction& tx, const Uuid& aggregate_id) {
  return read_all(tx.exec(kAggregate, aggregate_id));
}

std::vector<StoredEvent> read_first(db::Transaction& tx, const std::vector<Uuid>& aggregate_ids) {
  return read_all(tx.exec(kFirst, db::UuidArray{aggregate_ids}));
}

std::vector<StoredEvent> read_after(db::Transaction& tx, std::int64_t position, std::size_t count_max) {
  return read_all(tx.exec(kAfter, position, count_max));
}

std::optional<StoredEvent> find_event(db::Transaction& tx, std::int64_t position) {
  auto events = read_all(tx.exec(kFind, position));
  if (events.empty()) return std::nullopt;
  return std::move(events.front());
}

std::int64_t read_head(db::Transaction& tx) { return tx.exec(kHead)[0].next<std::int64_t>(); }

std::vector<StoredEvent> list_events(db::Transaction& tx, const EventFilter& filter, std::size_t count_max) {
  const auto before = filter.before ? *filter.before : read_head(tx) + 1;
  if (filter.aggregate_id)
    return read_all(tx.exec(kNewestOfAggregate, *filter.aggregate_id, before, filter.type, count_max));
  const auto from = filter.type ? std::max<std::int64_t>(before - kTypeWindow, 0) : 0;
  return read_all(tx.exec(kNewest, before, from, filter.type, count_max));
}

}  // namespace shopflow::events
