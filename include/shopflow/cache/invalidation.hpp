#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/cache/redis_client.hpp"

namespace shopflow::cache {

struct InvalidationSettings {
  std::string prefix = "shopflow:";                 // of every key and channel in Redis
  std::chrono::milliseconds ping_every{1000};       // on the subscription; a silence of twice that ends it
  std::chrono::milliseconds kept_in_redis{60'000};  // how long values live in Redis at most
  std::chrono::milliseconds gather{5};              // at least, between two lots of announcements
  std::size_t unconfirmed_max = 100'000;            // keys whose removal Redis has not confirmed yet
};

struct InvalidationStats {
  bool hears_others = false;
  std::size_t unconfirmed = 0;
  std::uint64_t announced = 0;
  std::uint64_t heard = 0;
};

/// Tells Redis and the other processes what must not be read from their caches any more, and hears what they
/// tell. Between the announcement and Redis' confirmation a key counts as unconfirmed, and what Redis has
/// under it must not be read. Keys that could not be removed because Redis was away are removed when it is
/// back, and forgotten once their value must have lapsed there. Thread-safe.
class Invalidation {
 public:
  /// What a cache does when another process announces one of its keys, or when announcements may have been
  /// missed. Called on the executor's thread; must not block.
  struct Listener {
    std::function<void(std::string_view key)> drop;
    std::function<void()> drop_all;
  };

  Invalidation(RedisClient& redis, const boost::asio::any_io_executor& executor, const RedisAddress& address,
               RedisSettings redis_settings = {}, InvalidationSettings settings = {});
  ~Invalidation();
  Invalidation(const Invalidation&) = delete;
  Invalidation& operator=(const Invalidation&) = delete;

  /// Before start(). The listener must be callable until stop() has been called and the executor has run out.
  void attach(std::string cache, Listener listener);
  void start();
  /// Tells what was announced and not sent yet, for 200 ms at most. Repeatable. Not on a thread of the
  /// executor, which must still run.
  void stop();

  /// Never blocks and never fails. `keys` are those of the named cache, without blanks or line ends.
  void announce(std::string_view cache, const std::vector<std::string>& keys);
  [[nodiscard]] bool is_unconfirmed(std::string_view cache, std::string_view key) const;
  /// Whether announcements of others arrive. While they don't, nothing may be kept in the process for long.
  [[nodiscard]] bool hears_others() const;
  [[nodiscard]] InvalidationStats stats() const;

  [[nodiscard]] RedisClient& redis() const { return redis_; }
  /// The names in Redis of a key's value, and of the fence that tells which value is current.
  [[nodiscard]] std::string value_key(std::string_view cache, std::string_view key) const;
  [[nodiscard]] std::string fence_key(std::string_view cache, std::string_view key) const;
  [[nodiscard]] std::chrono::milliseconds kept_in_redis() const { return settings_.kept_in_redis; }

 private:
  class Announcer;
  class Subscriber;
  RedisClient& redis_;
  InvalidationSettings settings_;
  std::shared_ptr<Announcer> announcer_;
  std::shared_ptr<Subscriber> subscriber_;
};

}  // namespace shopflow::cache
