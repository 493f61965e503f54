#pragma once

#include <array>
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/db/connection.hpp"

namespace shopflow::db {

struct LaneSettings {
  std::string name;  // label in /metrics
  ConnectionSettings connection;
  std::size_t lanes = 1;          // threads with a connection each; the next one is called in when many wait
  std::size_t batch_max = 1024;   // commands in one transaction
  std::size_t queue_max = 16384;  // commands that may wait in one lane; beyond that `overloaded`
  // As many may wait for one lane before the next one is called in: fewer lanes with larger batches do the
  // same work with less, and what waits longer than for a batch of this size is better done at the same time.
  std::size_t crowd = 64;
};

/// What a lane has done since it started, summed over its threads.
struct LaneStats {
  static constexpr std::size_t kBuckets = 13;  // batch sizes up to 1, 2, 4 … 4096
  std::uint64_t batches = 0;
  std::uint64_t commands = 0;
  std::uint64_t quick = 0;  // commands that a single statement did, without a transaction around it
  std::uint64_t bisections = 0;
  std::uint64_t refused = 0;
  std::uint64_t wait_us = 0;
  std::size_t waiting = 0;
  std::array<std::uint64_t, kBuckets> batch_size{};
};

/// One command on its way through a lane, without its type.
struct LaneItem {
  virtual ~LaneItem() = default;
  boost::asio::any_io_executor executor;              // where the caller waits
  std::move_only_function<void(LaneItem*)> complete;  // gives the outcome to the caller
  std::chrono::steady_clock::time_point queued;
};

enum class LaneRecovery : std::uint8_t { committed, not_committed, unknown };

/// What may be written without a transaction's round trips: see Lane::Quick.
struct LaneAttempt {
  std::vector<LaneItem*> tried;  // have their outcomes, which stand if `write` succeeds
  std::vector<LaneItem*> left;   // need the whole work; in the order in which they came
  std::function<void(Transaction&)> write;
};

/// The threads, queues and failure handling behind every Lane; see there.
class LaneQueue {
 public:
  struct Hooks {
    std::function<void(Transaction&, std::span<LaneItem* const>)> run;
    std::function<LaneRecovery(Transaction&, std::span<LaneItem* const>)> recover;
    std::function<void(LaneItem&, const Error&)> fail;
    using Attempt = std::function<LaneAttempt(Transaction&, std::span<LaneItem* const>)>;
    Attempt attempt;  // may be empty
    using Repeats = std::function<std::vector<LaneItem*>(Transaction&, std::span<LaneItem* const>)>;
    Repeats repeats;  // may be empty
  };

  LaneQueue(LaneSettings settings, Hooks hooks);
  ~LaneQueue();

  /// Without a key it waits where the fewest wait.
  void push(std::optional<std::size_t> key, std::unique_ptr<LaneItem> item);
  /// Whether a command without a key would find no place now; if so, it counts as refused.
  [[nodiscard]] bool turns_away();
  void stop();
  [[nodiscard]] LaneStats stats() const;
  [[nodiscard]] const std::string& name() const { return settings_.name; }

 private:
  class Worker;
  LaneSettings settings_;
  Hooks hooks_;
  std::atomic<std::uint64_t> turned_away_{0};
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace shopflow::db
