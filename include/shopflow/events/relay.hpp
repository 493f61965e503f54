#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "shopflow/core/time.hpp"
#include "shopflow/db/connection.hpp"
#include "shopflow/events/doorbell.hpp"
#include "shopflow/events/handler.hpp"

namespace shopflow::events {

struct RelaySettings {
  db::ConnectionSettings connection;
  std::size_t batch_max = 8192;          // events that a handler gets at once
  std::size_t window_max = 32768;        // events kept in memory for handlers that are not equally far
  std::chrono::milliseconds gather{20};  // while events keep coming, handlers go on in such steps
  std::chrono::milliseconds gather_in_rush{40};  // while they come fast; a multiple of gather
  std::size_t rush_events_per_s = 7000;          // which is fast
  std::chrono::milliseconds poll{1000};          // the longest that an unheard event or a due retry waits
  std::chrono::milliseconds busy{50};  // pause when another server has the handler, or the database is away
  std::size_t retries_max = 100;       // parked aggregates tried before passing events are looked at again
};

/// What one handler has done in this process since it started.
struct HandlerStats {
  std::string handler;
  std::int64_t position = 0;  // of its cursor, as last seen by this process
  std::uint64_t events = 0;   // applied
  std::uint64_t batches = 0;
  std::uint64_t apply_us = 0;  // spent in transactions that applied something, each of those that overlap
  std::uint64_t failures = 0;  // batches that failed and were tried again smaller
  std::uint64_t parked = 0;
  std::uint64_t retried = 0;  // attempts to deliver what was parked
  std::uint64_t dead = 0;
};

/// Brings the events of the log to the handlers: each handler on a thread and connection of its own, in the
/// order of the log, in batches whose effect is committed together with the handler's cursor. Of several
/// servers one at a time works for a handler, whichever locks its cursor first. In a backlog a handler that
/// works ahead (Subscription::works_ahead) has two more threads and connections; its batches are still
/// committed one after the other.
///
/// An event that fails is parked and tried again later (core/backoff.hpp); the events of its aggregate queue
/// up behind it, those of other aggregates pass. An event of a type that this binary does not know was
/// written by a newer one: it is parked for every handler, without counting attempts, until a binary that
/// knows it runs the handler. A handler that is new begins with the first event of the log.
class Relay {
 public:
  /// `clock` and `doorbell` must outlive the relay. Handlers' names must be unique.
  Relay(RelaySettings settings, const Clock& clock, Doorbell& doorbell,
        std::vector<Subscription> subscriptions);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// Starts the threads. They wait for the database if it is not there.
  void start();
  /// Lets the batches under way finish, then joins. Thread-safe after start().
  void stop();

  /// Waits until every handler has come to the end of the log, including what the handlers themselves append;
  /// false when the time is up. What is parked is not waited for. Throws Unavailable.
  [[nodiscard]] bool settle(std::chrono::milliseconds longest);

  [[nodiscard]] std::vector<HandlerStats> stats() const;

 private:
  class Runner;
  struct Shared;
  std::unique_ptr<Shared> shared_;
  std::vector<std::unique_ptr<Runner>> runners_;
};

}  // namespace shopflow::events
