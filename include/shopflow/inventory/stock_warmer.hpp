#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <optional>

#include "shopflow/db/pool.hpp"
#include "shopflow/inventory/stock_reader.hpp"
#include "shopflow/inventory/warm_pace.hpp"

namespace shopflow::inventory {

struct WarmingStats {
  std::uint64_t rounds = 0;  // through the whole catalogue
  std::uint64_t warmed = 0;  // answers that were put into the process
};

/// Reads the stock of the whole catalogue into this process, page by page, over and over, so that what a read
/// costs depends neither on how many products there are nor on how long the server has been running. It has a
/// session of its own, in which one page is read at a time (see WarmPace); requests have the pool to
/// themselves.
///
/// Staleness: what changes here is dropped at once, and what others announce when it is heard. Where another
/// server dies between its commit and its announcement, and until the event has come to a handler, an answer
/// here is old for one round at most: 20 s with 100,000 products, 200 s with a million. If the warmer can't
/// go on, answers lapse, after 30 s up to 100,000 products and after one and a half rounds beyond.
///
/// While announcements of others are not heard nothing is kept for long, so it waits; when they are, all has
/// been dropped, and it begins again at full pace. It does the same when PostgreSQL has been away for so long
/// that answers have lapsed.
class StockWarmer {
 public:
  StockWarmer(const boost::asio::any_io_executor& executor, db::ConnectionSettings connection,
              StockReader& stock);

  /// Goes on until the executor ends.
  boost::asio::awaitable<void> run();

  /// After the executor. Blocks until the page under way is read or cut off.
  void stop() { pool_.stop(); }

  /// Thread-safe.
  [[nodiscard]] WarmingStats stats() const { return {rounds_, warmed_}; }

 private:
  void begin_again();
  boost::asio::awaitable<void> wait_until_of_use();
  /// What to wait for after it.
  boost::asio::awaitable<std::chrono::milliseconds> warm_page();
  /// Less if meanwhile everything was dropped.
  boost::asio::awaitable<void> pause(std::chrono::milliseconds time);

  db::Pool pool_;
  StockReader& stock_;
  boost::asio::steady_timer timer_;
  WarmPace pace_;
  ProductId after_;  // where the next page begins
  std::uint64_t drops_seen_ = 0;
  std::optional<std::chrono::steady_clock::time_point> failing_since_;
  std::atomic<std::uint64_t> rounds_{0};
  std::atomic<std::uint64_t> warmed_{0};
};

}  // namespace shopflow::inventory
