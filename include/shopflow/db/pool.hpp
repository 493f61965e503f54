#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "shopflow/db/connection.hpp"

namespace shopflow::db {

struct PoolSettings {
  ConnectionSettings connection;
  std::size_t connections = 0;   // one thread each; only the configuration has a default, 0 is refused
  std::size_t queue_max = 1024;  // jobs that may wait; beyond that Overloaded
};

/// What the pool has done since it started, for /metrics.
struct PoolStats {
  std::uint64_t jobs = 0;
  std::uint64_t refused = 0;
  std::uint64_t wait_us = 0;
  std::uint64_t busy_us = 0;
  std::size_t waiting = 0;
};

/// Threads with a connection each, for everything that is not worth a lane: reads, admin operations, what the
/// clock does. Thread-safe. Must be stopped before the io_contexts of those who wait on it are destroyed.
class Pool {
 public:
  explicit Pool(PoolSettings settings);
  ~Pool();

  /// Runs `work(Transaction&)` between BEGIN and COMMIT and gives its value to the caller's executor. `work`
  /// may run more than once (deadlock), so it owns no effect outside of the database. Throws what `work`
  /// throws, Overloaded, Unavailable, InDoubt or SqlError.
  template <class Work>
  auto transact(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work&, Transaction&>> {
    return run<Work, true>(std::move(work));
  }

  /// The same without a transaction around it: each statement is its own. For reads, which may run twice.
  template <class Work>
  auto read(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work&, Transaction&>> {
    return run<Work, false>(std::move(work));
  }

  /// Runs `work`, one statement that writes and changes nothing more when it runs again, as a read does. It
  /// is its own transaction.
  template <class Work>
  auto write_idempotently(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work&, Transaction&>> {
    return run<Work, false>(std::move(work));
  }

  /// Finishes what waits, then joins the threads; later calls throw Unavailable.
  void stop();

  [[nodiscard]] PoolStats stats() const;

 private:
  /// Is called once: with a connection, or with the reason why it gets none.
  using Job = std::move_only_function<void(Connection*, std::exception_ptr refusal)>;

  template <class Work, bool InTransaction>
  auto run(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work&, Transaction&>> {
    using Value = std::invoke_result_t<Work&, Transaction&>;
    if constexpr (std::is_void_v<Value>) {
      std::function<void(Transaction&)> job = [&work](Transaction& tx) { work(tx); };
      co_await submit(std::move(job), InTransaction);
    } else {
      std::optional<Value> value;
      std::function<void(Transaction&)> job = [&work, &value](Transaction& tx) { value.emplace(work(tx)); };
      co_await submit(std::move(job), InTransaction);
      co_return std::move(*value);
    }
  }

  boost::asio::awaitable<void> submit(std::function<void(Transaction&)> work, bool in_transaction);
  void enqueue(Job job);
  [[nodiscard]] std::exception_ptr refuse_or_queue(Job& job);
  std::exception_ptr timed(Connection& connection, const std::function<void(Transaction&)>& work,
                           bool in_transaction, std::chrono::steady_clock::time_point queued);
  void serve();

  PoolSettings settings_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  PoolStats stats_;
  std::vector<std::jthread> threads_;
};

}  // namespace shopflow::db
