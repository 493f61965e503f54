#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "shopflow/cache/invalidation.hpp"

namespace shopflow::cache {

/// The sending half of Invalidation. Keys that come while one lot is on its way to Redis, or within the
/// moment after it, form the next, each once: a rush costs Redis, and the threads that serve it here, a few
/// hundred round trips a second and not one for each batch.
class Invalidation::Announcer : public std::enable_shared_from_this<Announcer> {
 public:
  Announcer(RedisClient& redis, const boost::asio::any_io_executor& executor, InvalidationSettings settings,
            std::string origin);

  void announce(std::string_view cache, const std::vector<std::string>& keys);
  [[nodiscard]] bool is_unconfirmed(const std::string& fence_key) const;
  [[nodiscard]] std::size_t unconfirmed() const;
  [[nodiscard]] std::uint64_t announced() const;
  /// Tells what still waits, for 200 ms at most; what comes later is not told any more. Repeatable. Not to be
  /// called on the executor's thread.
  void stop();

 private:
  using Steady = std::chrono::steady_clock;
  struct Waiting {
    std::string line;  // "cache key", as the others are told
    std::uint64_t number;
    Steady::time_point since;
  };
  struct Sent {
    std::string fence_key;
    std::uint64_t number;
  };

  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> rest(std::chrono::milliseconds pause);
  std::vector<Sent> take(RedisPipeline& pipeline);
  bool forget_lapsed();
  void end_run();
  [[nodiscard]] bool is_hurried() const;
  void confirm(const std::vector<Sent>& sent);

  RedisClient& redis_;
  InvalidationSettings settings_;
  std::string origin_;
  boost::asio::any_io_executor strand_;
  boost::asio::steady_timer pause_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Waiting> waiting_;  // by fence key
  std::uint64_t number_ = 0;
  Steady::time_point next_look_;       // for what has lapsed while Redis is away
  Steady::time_point distrust_until_;  // more was announced than could be kept
  std::condition_variable ended_;      // the run, which holds `running_`
  bool running_ = false;
  bool hurried_ = false;  // to the end: pauses are short, and nothing waits for a Redis that is away
  bool stopping_ = false;
};

}  // namespace shopflow::cache
