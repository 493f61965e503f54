#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace shopflow::orders {

/// How long an answer waits for a provider from which it needs nothing: most providers have answered by then,
/// and a slow one must not hold up a checkout. All of it on one thread.
class ProviderWait {
 public:
  static constexpr std::chrono::milliseconds kLongest{250};

  explicit ProviderWait(const boost::asio::any_io_executor& executor) : timer_{executor, kLongest} {}

  /// The provider has answered.
  void end() {
    ended_ = true;
    timer_.cancel();
  }
  boost::asio::awaitable<void> end_or_timeout() {
    boost::system::error_code ignored;
    if (!ended_) co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }

 private:
  boost::asio::steady_timer timer_;
  bool ended_ = false;
};

}  // namespace shopflow::orders
