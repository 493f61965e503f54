#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/redis_socket.hpp"
#include "shopflow/cache/redis_client.hpp"

namespace shopflow::cache {

/// A connection that comes back by itself, and the pipelines that wait on it. When Redis is gone, slow or
/// talks nonsense, the connection is dropped, whatever waits is told nullopt, and nothing is sent until a new
/// one has answered a PING. Thread-safe; its work happens on a strand of the executor.
class RedisConnection : public std::enable_shared_from_this<RedisConnection> {
 public:
  using Done = std::move_only_function<void(RedisReplies)>;

  RedisConnection(const boost::asio::any_io_executor& executor, RedisAddress address, RedisSettings settings);

  void start();
  void stop();
  [[nodiscard]] bool up() const { return up_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t drops() const { return drops_.load(std::memory_order_relaxed); }
  /// `done` is called once, on the strand.
  void submit(RedisPipeline pipeline, Done done);

 private:
  using Steady = std::chrono::steady_clock;
  struct Call {
    std::size_t awaited;
    std::vector<RedisValue> values;
    Done done;
    Steady::time_point deadline;
  };

  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<void> write();
  void accept(RedisPipeline pipeline, Done done);
  void watch();
  void drop();

  boost::asio::any_io_executor strand_;
  RedisAddress address_;
  RedisSettings settings_;
  std::atomic<bool> up_{false};
  std::atomic<std::uint64_t> drops_{0};
  bool stopping_ = false;
  std::shared_ptr<RedisSocket> socket_;
  std::deque<Call> calls_;  // in the order of their replies
  std::string out_;
  bool writing_ = false;
  boost::asio::steady_timer pause_;
  boost::asio::steady_timer watchdog_;
  bool watching_ = false;
  bool proven_ = false;   // this connection has answered a call, so the next may be tried soon
  bool trouble_ = false;  // which has been logged, and whose end is still to be
};

}  // namespace shopflow::cache
