#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <mutex>
#include <vector>

namespace shopflow::orders {

/// Where coroutines wait until somebody opens it, which is for good. Each executor has one thread.
/// Thread-safe.
class ClosedDoor {
 public:
  boost::asio::awaitable<void> pass() {
    const auto executor = co_await boost::asio::this_coro::executor;
    const auto timer =
        std::make_shared<boost::asio::steady_timer>(executor, boost::asio::steady_timer::time_point::max());
    {
      const std::lock_guard lock{mutex_};
      if (open_) co_return;
      waiting_.push_back(timer);
    }
    boost::system::error_code ignored;
    co_await timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }
  void open() {
    const std::lock_guard lock{mutex_};
    open_ = true;
    // On its own thread, where it waits already: between its entry and its wait it did not give way.
    for (const auto& timer : waiting_) boost::asio::post(timer->get_executor(), [timer] { timer->cancel(); });
    waiting_.clear();
  }
  [[nodiscard]] std::size_t waiting() const {
    const std::lock_guard lock{mutex_};
    return waiting_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<boost::asio::steady_timer>> waiting_;
  bool open_ = false;
};

}  // namespace shopflow::orders
