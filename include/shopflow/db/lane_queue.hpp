#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
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

class LaneLoad;

struct LaneSettings {
  std::string name;  // label in /metrics
  ConnectionSettings connection;
  std::size_t lanes = 1;         // threads with a connection each; the next one is called in when many wait
  std::size_t batch_max = 1024;  // commands in one transaction
  // Commands that may wait in one lane; beyond that `overloaded`. Those without a key may take half of the
  // places: what begins something new leaves room for what has begun. Only the configuration has a default; 0
  // is refused.
  std::size_t queue_max = 0;
  // As many may wait for one lane before the next one is called in: fewer lanes with larger batches do the
  // same work with less, and what waits longer than for a batch of this size is better done at the same time.
  std::size_t crowd = 64;
  // Commands of one key lock rows that those of others seldom lock. While each lane could be crowded by all
  // that wait and are under way, every key has its lane, so that lanes seldom wait for each other.
  bool keys_apart = false;
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

  void add_batch(std::size_t size, std::chrono::microseconds waited) {
    ++batches;
    commands += size;
    wait_us += static_cast<std::uint64_t>(waited.count());
    ++batch_size[std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(size - 1)), kBuckets - 1)];
  }
};

/// One command on its way through a lane, without its type.
struct LaneItem {
  virtual ~LaneItem() = default;
  boost::asio::any_io_executor executor;              // where the caller waits
  std::move_only_function<void(LaneItem*)> complete;  // gives the outcome to the caller
  std::chrono::steady_clock::time_point queued;
  std::optional<std::size_t> key;  // whose commands had better meet in one batch
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

  void push(std::optional<std::size_t> key, std::unique_ptr<LaneItem> item);
  [[nodiscard]] bool turns_away() noexcept;
  void stop();
  [[nodiscard]] LaneStats stats() const;
  [[nodiscard]] const std::string& name() const { return settings_.name; }

 private:
  class Worker;
  [[nodiscard]] std::size_t places_without_key() const noexcept { return (settings_.queue_max + 1) / 2; }

  LaneSettings settings_;
  Hooks hooks_;
  std::atomic<std::uint64_t> turned_away_{0};
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<LaneLoad*> loads_;  // of the workers
};

}  // namespace shopflow::db
