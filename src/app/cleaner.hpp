#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "shopflow/core/time.hpp"

namespace shopflow::db {
class Pool;
}

namespace shopflow::app {

/// Deletes, a little at a time, what has been kept for as long as it must be: answers for Idempotency-Keys
/// after 24 hours, carts that nobody has touched for 30 days. Several servers may do it at once.
class Cleaner {
 public:
  Cleaner(const boost::asio::any_io_executor& executor, db::Pool& pool, const Clock& clock)
      : pool_{pool}, clock_{clock}, timer_{executor} {}

  /// Cleans once a minute until the executor ends.
  boost::asio::awaitable<void> run();

 private:
  boost::asio::awaitable<void> clean();

  db::Pool& pool_;
  const Clock& clock_;
  boost::asio::steady_timer timer_;
};

}  // namespace shopflow::app
