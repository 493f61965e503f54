#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace shopflow::app {

/// One look at something for all who ask within a short time, so that nobody can have it looked at more often
/// by asking more often. Thread-safe. Must outlive what it has under way: stop the I/O threads first.
template <class Seen>
class SharedLook {
 public:
  using Steady = std::chrono::steady_clock;
  using Look = std::function<boost::asio::awaitable<Seen>()>;
  using Now = std::function<Steady::time_point()>;

  /// An answer is given to others for `kept`. An exception of `look` is a Seen{}.
  SharedLook(Look look, std::chrono::milliseconds kept, Now now = &Steady::now)
      : look_{std::move(look)}, kept_{kept}, now_{std::move(now)} {}
  SharedLook(const SharedLook&) = delete;
  SharedLook& operator=(const SharedLook&) = delete;

  /// What was seen lately, or else is seen now.
  boost::asio::awaitable<Seen> get() {
    const auto initiate = [this](auto handler) {
      auto executor = boost::asio::get_associated_executor(handler);
      join({executor, std::move(handler)});
    };
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Seen)>(
        initiate, boost::asio::use_awaitable);
  }

 private:
  struct Waiter {
    boost::asio::any_io_executor executor;
    std::move_only_function<void(Seen)> complete;
  };

  static void answer(Waiter waiter, Seen seen) {
    const auto executor = waiter.executor;
    boost::asio::post(executor, [complete = std::move(waiter.complete), seen = std::move(seen)]() mutable {
      complete(std::move(seen));
    });
  }

  void join(Waiter waiter) {
    const auto executor = waiter.executor;
    {
      const std::lock_guard lock{mutex_};
      if (!looking_ && now_() < until_) return answer(std::move(waiter), seen_);
      waiters_.push_back(std::move(waiter));
      if (std::exchange(looking_, true)) return;
    }
    boost::asio::co_spawn(executor, look(), boost::asio::detached);
  }

  boost::asio::awaitable<void> look() {
    Seen seen{};
    try {
      auto looking = look_();
      seen = co_await std::move(looking);
    } catch (const std::exception&) {
      seen = Seen{};
    }
    std::vector<Waiter> waiters;
    {
      const std::lock_guard lock{mutex_};
      seen_ = seen;
      until_ = now_() + kept_;
      looking_ = false;
      waiters.swap(waiters_);
    }
    for (auto& waiter : waiters) answer(std::move(waiter), seen);
  }

  const Look look_;
  const std::chrono::milliseconds kept_;
  const Now now_;
  std::mutex mutex_;
  Seen seen_{};
  bool looking_ = false;
  Steady::time_point until_;
  std::vector<Waiter> waiters_;
};

}  // namespace shopflow::app
