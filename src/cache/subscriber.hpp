#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <string>

#include "cache/redis_socket.hpp"
#include "shopflow/cache/invalidation.hpp"

namespace shopflow::cache {

/// The hearing half of Invalidation: a connection of its own that comes back by itself. Each time that it has
/// subscribed (anew), everything is dropped, because announcements may have been missed.
class Invalidation::Subscriber : public std::enable_shared_from_this<Subscriber> {
 public:
  Subscriber(const boost::asio::any_io_executor& executor, RedisAddress address, RedisSettings redis_settings,
             InvalidationSettings settings, std::string origin);

  void attach(std::string cache, Listener listener) {
    listeners_.emplace(std::move(cache), std::move(listener));
  }
  void start();
  void stop();
  [[nodiscard]] bool listening() const { return listening_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t heard() const { return heard_.load(std::memory_order_relaxed); }

 private:
  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> listen();
  boost::asio::awaitable<void> ping(std::shared_ptr<RedisSocket> socket);
  void drop_all();
  void hear(std::string_view message);

  boost::asio::any_io_executor strand_;
  RedisAddress address_;
  RedisSettings redis_settings_;
  InvalidationSettings settings_;
  std::string origin_;
  std::string channel_;
  std::map<std::string, Listener, std::less<>> listeners_;
  std::shared_ptr<RedisSocket> socket_;
  boost::asio::steady_timer pause_;
  boost::asio::steady_timer ping_;
  std::atomic<bool> listening_{false};
  std::atomic<std::uint64_t> heard_{0};
  bool stopping_ = false;
};

}  // namespace shopflow::cache
