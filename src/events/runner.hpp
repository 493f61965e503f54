#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "events/batch_size.hpp"
#include "events/log_window.hpp"
#include "events/pace.hpp"
#include "events/repository.hpp"
#include "shopflow/events/relay.hpp"

namespace shopflow::events {

/// What the handlers of one relay share.
struct Relay::Shared {
  Shared(RelaySettings s, const Clock& c, Doorbell& d)
      : settings{std::move(s)},
        clock{c},
        doorbell{d},
        window{{settings.window_max, settings.batch_max, settings.poll}, settings.connection, doorbell},
        settling{settings.connection} {}

  RelaySettings settings;
  const Clock& clock;
  Doorbell& doorbell;
  LogWindow window;
  std::atomic<bool> stopping{false};
  std::mutex settling_mutex;
  db::Connection settling;
};

/// One handler, its thread and its connection.
class Relay::Runner {
 public:
  Runner(Shared& shared, Subscription subscription);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  void start();
  void join();
  [[nodiscard]] const std::string& name() const { return subscription_.name; }
  [[nodiscard]] HandlerStats stats() const;

 private:
  /// What to do after a pass: wait for the next ring, go on at once, let some events gather, or pause for a
  /// moment.
  enum class Next : std::uint8_t { wait, more, gather, pause };

  /// A batch on its way to the handler, and what does not go with it.
  struct Notes {
    std::unique_ptr<Subscription::Batch> batch;
    std::size_t noted = 0;
    std::vector<repository::NewDelivery> deliveries;
  };

  void serve();
  bool prepare();
  void rest(Next next, std::uint64_t heard, std::chrono::steady_clock::time_point started);
  void retry_what_is_due();
  [[nodiscard]] bool takes(const StoredEvent& event) const;

  // Events in passing: runner.cpp.
  Next forward(std::uint64_t heard, std::chrono::steady_clock::time_point started);
  Next forward_once(std::uint64_t heard);
  [[nodiscard]] std::optional<repository::Cursor> move_on(db::Transaction& tx, std::uint64_t heard);
  [[nodiscard]] Slice read(db::Transaction& tx, std::uint64_t heard);
  Notes take_note(const Slice& slice, std::unordered_set<Uuid> parked);
  bool note(const Entry& entry, Notes& notes, std::unordered_set<Uuid>& parked, Timestamp now);
  [[nodiscard]] std::unordered_set<Uuid> parked_in(db::Transaction& tx, const Slice& slice) const;
  Next isolate(const std::string& why);
  void count(std::size_t noted, const std::vector<repository::NewDelivery>& deliveries,
             std::chrono::steady_clock::time_point started);

  // A backlog, several batches at a time: pipeline.cpp.
  class Pipeline;

  // What was parked: retries.cpp.
  Next retry();
  void go_back(db::Transaction& tx);
  Next retry_once();
  [[nodiscard]] std::optional<repository::NewDelivery> retry_chain(Notes& notes,
                                                                   std::vector<std::int64_t>& finished,
                                                                   Timestamp now);
  Next postpone_head(const std::string& why);
  [[nodiscard]] repository::NewDelivery next_attempt(const repository::Queued& queued, bool dead,
                                                     std::string why, Timestamp now);

  Shared& shared_;
  Subscription subscription_;
  std::unordered_set<std::string> types_;
  std::vector<bool> takes_;  // by the number of the type
  std::size_t reader_;       // of the window
  db::ConnectionSettings settings_;
  db::Connection connection_;
  std::string session_;  // that has found the cursor at the position or behind it
  std::int64_t position_ = 0;
  BatchSize size_;
  Pace pace_;
  int single_ = 0;                              // batches to come that go one at a time
  bool has_deliveries_ = false;                 // something was parked at the last batch
  Slice slice_;                                 // of the pass under way
  std::map<std::int64_t, std::string> broken_;  // events that were found to fail, and why
  std::vector<repository::Queued> chain_;       // of the retry under way
  std::size_t chain_max_ = 0;
  std::chrono::steady_clock::time_point retried_at_{};
  mutable std::mutex stats_mutex_;
  HandlerStats stats_;
  std::thread thread_;
};

}  // namespace shopflow::events
