#pragma once

#include <string>
#include <vector>

#include "shopflow/db/connection.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/envelope.hpp"
#include "shopflow/events/handler.hpp"

namespace shopflow::testing {

/// An event as the relay takes it from the log and gives it to a handler.
struct LoggedEvent {
  events::Envelope envelope;
  std::string data;
};

/// A log in memory: gives events their positions, and their places among those of their aggregate.
class EventLog {
 public:
  template <class Event>
  const LoggedEvent& add(const Event& event, const Uuid& aggregate_id, Timestamp at) {
    LoggedEvent logged;
    logged.envelope.position = static_cast<std::int64_t>(events_.size()) + 1;
    logged.envelope.id = EventId::make(at);
    logged.envelope.type = std::string{Event::type};
    logged.envelope.version = Event::version;
    logged.envelope.aggregate = std::string{Event::aggregate};
    logged.envelope.aggregate_id = aggregate_id;
    logged.envelope.sequence = 1;
    for (const auto& before : events_)
      logged.envelope.sequence += before.envelope.aggregate_id == aggregate_id;
    logged.envelope.occurred_at = at;
    logged.data = json::to_json(event);
    events_.push_back(std::move(logged));
    return events_.back();
  }
  [[nodiscard]] const std::vector<LoggedEvent>& all() const { return events_; }

 private:
  std::vector<LoggedEvent> events_;
};

/// Puts the events into the database's log too, for what reads them from there.
inline void store(db::Connection& connection, const std::vector<LoggedEvent>& log) {
  static const db::Statement statement{"testing.store_event", R"(
INSERT INTO events (position, id, type, version, aggregate, aggregate_id, sequence, occurred_at, traceparent, data)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9)
)"};
  connection.transact([&](db::Transaction& tx) {
    for (const auto& [envelope, data] : log) {
      tx.exec(statement, envelope.position, envelope.id, envelope.type, envelope.version, envelope.aggregate,
              envelope.aggregate_id, envelope.sequence, envelope.occurred_at, data);
    }
  });
}

/// Gives the events to the handler in one batch and one transaction, through the very subscription that the
/// relay uses. Throws when an event is not taken as done.
template <class Handler>
void apply(Handler& handler, db::Connection& connection, const std::vector<LoggedEvent>& log) {
  const auto subscription = events::subscribe(handler);
  connection.transact([&](db::Transaction& tx) {
    const auto batch = subscription.begin();
    for (const auto& event : log) {
      if (batch->on(event.envelope, event.data).kind != events::Ack::Kind::done)
        throw std::runtime_error{"an event was not taken: " + event.envelope.type};
    }
    batch->apply(tx);
  });
}

}  // namespace shopflow::testing
