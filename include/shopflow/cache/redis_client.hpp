#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shopflow/cache/redis_address.hpp"
#include "shopflow/cache/redis_value.hpp"

namespace shopflow::cache {

struct RedisSettings {
  std::chrono::milliseconds timeout{100};     // for a reply, and for connecting
  std::chrono::milliseconds pause_first{50};  // before connecting again, doubled up to pause_max
  std::chrono::milliseconds pause_max{2000};
  std::size_t waiting_max = 8192;  // pipelines that wait on one connection; beyond that nullopt
};

struct RedisStats {
  bool up = false;
  std::uint64_t drops = 0;  // connections that were lost or thrown away
};

/// One value for each command of a pipeline, or nullopt when Redis can't be used just now.
using RedisReplies = std::optional<std::vector<RedisValue>>;

class RedisConnection;

/// Redis as a cache: every call may answer "not now", at once when Redis is known to be down, after the
/// timeout at the latest, and never throws because of it. One connection for each of the executors, which are
/// those of the I/O threads; a coroutine uses the one of its own thread. Thread-safe.
class RedisClient {
 public:
  RedisClient(const std::vector<boost::asio::any_io_executor>& executors, const RedisAddress& address,
              RedisSettings settings = {});
  ~RedisClient();
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  boost::asio::awaitable<RedisReplies> call(RedisPipeline pipeline);

  /// nullopt as well when there is no such key or it is not a text.
  boost::asio::awaitable<std::optional<std::string>> get(std::string key);
  /// These tell whether Redis has done it.
  boost::asio::awaitable<bool> set(std::string key, std::string value, std::chrono::milliseconds ttl);
  boost::asio::awaitable<bool> del(std::vector<std::string> keys);
  boost::asio::awaitable<bool> publish(std::string channel, std::string message);

  [[nodiscard]] RedisStats stats() const;
  /// Closes the connections; what waits is told nullopt. The executors must still be running for it to
  /// happen.
  void stop();

 private:
  RedisConnection& nearest(const boost::asio::any_io_executor& executor);

  std::vector<boost::asio::any_io_executor> executors_;
  std::vector<std::shared_ptr<RedisConnection>> connections_;
};

}  // namespace shopflow::cache
