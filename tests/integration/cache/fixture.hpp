#pragma once

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "shopflow/cache/invalidation.hpp"
#include "shopflow/cache/redis_client.hpp"
#include "support/test_redis.hpp"

namespace shopflow::cache {

/// Waits until a condition holds; ten seconds is for ever.
inline bool eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

/// I/O threads with a client and an invalidation, as one server process has them.
class CacheProcess {
 public:
  CacheProcess(const std::string& url, const std::string& prefix, std::size_t threads = 2) {
    for (std::size_t i = 0; i < threads; ++i)
      contexts_.push_back(std::make_unique<boost::asio::io_context>(1));
    std::vector<boost::asio::any_io_executor> executors;
    for (const auto& context : contexts_) executors.emplace_back(context->get_executor());
    const auto address = RedisAddress::parse(url).value();
    RedisSettings settings;
    settings.pause_first = std::chrono::milliseconds{5};
    settings.pause_max = std::chrono::milliseconds{20};
    redis = std::make_unique<RedisClient>(executors, address, settings);
    InvalidationSettings options;
    options.prefix = prefix;
    options.ping_every = std::chrono::milliseconds{50};
    invalidation = std::make_unique<Invalidation>(*redis, executors.front(), address, settings, options);
    for (const auto& context : contexts_) {
      guards_.emplace_back(context->get_executor());
      threads_.emplace_back([&context] { context->run(); });
    }
  }
  ~CacheProcess() {
    invalidation->stop();
    redis->stop();
    guards_.clear();
    threads_.clear();
  }

  /// Runs a coroutine on one of the threads; gives its value.
  template <class T>
  T run(boost::asio::awaitable<T> work, std::size_t thread = 0) {
    return spawn(std::move(work), thread).get();
  }
  template <class T>
  std::future<T> spawn(boost::asio::awaitable<T> work, std::size_t thread = 0) {
    return boost::asio::co_spawn(*contexts_.at(thread), std::move(work), boost::asio::use_future);
  }
  bool wait_up() {
    return eventually([this] { return redis->stats().up; });
  }
  bool wait_hearing() {
    return eventually([this] { return invalidation->hears_others() && redis->stats().up; });
  }

 private:
  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;

 public:
  std::unique_ptr<RedisClient> redis;
  std::unique_ptr<Invalidation> invalidation;

 private:
  using Guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  std::vector<Guard> guards_;
  std::vector<std::jthread> threads_;
};

}  // namespace shopflow::cache
