#pragma once

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "shopflow/cache/invalidation.hpp"
#include "shopflow/cache/redis_client.hpp"
#include "support/test_redis.hpp"
#include "support/until.hpp"

namespace shopflow::cache {

using testing::until;

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
    // A machine that is busy elsewhere is not to be taken for a Redis that is silent.
    settings.timeout = std::chrono::seconds{1};
    settings.pause_first = std::chrono::milliseconds{5};
    settings.pause_max = std::chrono::milliseconds{20};
    redis = std::make_unique<RedisClient>(executors, address, settings);
    InvalidationSettings options;
    options.prefix = prefix;
    options.ping_every = std::chrono::milliseconds{500};
    invalidation = std::make_unique<Invalidation>(*redis, executors.front(), address, settings, options);
    for (const auto& context : contexts_) {
      guards_.emplace_back(context->get_executor());
      threads_.emplace_back([&context] { context->run(); });
    }
  }
  ~CacheProcess() { stop(); }
  /// Before anything goes that the threads might still use.
  void stop() {
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
    auto promise = std::make_shared<std::promise<T>>();
    auto future = promise->get_future();
    boost::asio::co_spawn(*contexts_.at(thread), keep(std::move(work), promise), boost::asio::detached);
    return future;
  }
  bool wait_up() {
    return until([this] { return redis->stats().up; });
  }
  bool wait_hearing() {
    return until([this] { return invalidation->hears_others() && redis->stats().up; });
  }

 private:
  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;

 public:
  std::unique_ptr<RedisClient> redis;
  std::unique_ptr<Invalidation> invalidation;

 private:
  /// asio::use_future would ask for values that can be made of nothing.
  template <class T>
  static boost::asio::awaitable<void> keep(boost::asio::awaitable<T> work,
                                           std::shared_ptr<std::promise<T>> promise) {
    try {
      if constexpr (std::is_void_v<T>) {
        co_await std::move(work);
        promise->set_value();
      } else {
        auto value = co_await std::move(work);
        promise->set_value(std::move(value));
      }
    } catch (...) {
      promise->set_exception(std::current_exception());
    }
  }

  using Guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  std::vector<Guard> guards_;
  std::vector<std::jthread> threads_;
};

}  // namespace shopflow::cache
