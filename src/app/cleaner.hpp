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

/// Between two cleanings, none for the usual time: like failpoint_reached, there is no such function in
/// `shopflow` itself.
[[gnu::weak]] std::chrono::milliseconds hurried_cleaning();

/// Deletes, a little at a time, what has been kept for as long as it must be: answers for Idempotency-Keys
/// after 24 hours, carts two days after they could be used, unless their order waits for its money, and what
/// the settings say. Several servers may do it at once.
class Cleaner {
 public:
  struct Settings {
    std::chrono::days notifications{7};
    std::chrono::days sent_mails{90};
    std::chrono::days notices{30};
  };

  Cleaner(const boost::asio::any_io_executor& executor, db::Pool& pool, const Clock& clock, Settings settings)
      : pool_{pool}, clock_{clock}, settings_{settings}, timer_{executor} {}

  /// Cleans once a minute until the executor ends.
  boost::asio::awaitable<void> run();

  /// Deletes everything that is due now.
  boost::asio::awaitable<void> clean();

 private:
  /// Runs `work`, which deletes a limited number of rows and says how many, until nothing is left to delete.
  template <class Work>
  boost::asio::awaitable<void> delete_all(Work work);

  /// Walks through all that are old, since some of them have to stay.
  boost::asio::awaitable<void> delete_carts(Timestamp before);

  db::Pool& pool_;
  const Clock& clock_;
  Settings settings_;
  boost::asio::steady_timer timer_;
};

}  // namespace shopflow::app
