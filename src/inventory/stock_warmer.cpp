#include "shopflow/inventory/stock_warmer.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "shopflow/db/transaction.hpp"

namespace shopflow::inventory {
namespace {

namespace asio = boost::asio;
using Stopwatch = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds kLookEvery{50};  // whether others are heard, and whether everything was dropped
constexpr Milliseconds kAfterFailure{1000};

db::PoolSettings one_session(db::ConnectionSettings connection) {
  connection.rows_by_key = true;
  return {.connection = std::move(connection), .connections = 1};
}

}  // namespace

StockWarmer::StockWarmer(const asio::any_io_executor& executor, db::ConnectionSettings connection,
                         StockReader& stock)
    : pool_{one_session(std::move(connection))}, stock_{stock}, timer_{executor} {}

asio::awaitable<void> StockWarmer::run() {
  for (;;) {
    co_await wait_until_of_use();
    auto time = kAfterFailure;
    try {
      time = co_await warm_page();
      if (failing_since_ && Stopwatch::now() - *failing_since_ > pace_.spare()) begin_again();
      failing_since_.reset();
    } catch (const std::exception& error) {
      if (!failing_since_) spdlog::warn("warming the stock waits: {}", error.what());
      if (!failing_since_) failing_since_ = Stopwatch::now();
    }
    co_await pause(time);
  }
}

void StockWarmer::begin_again() {
  pace_.begin_again();
  after_ = {};
}

asio::awaitable<void> StockWarmer::wait_until_of_use() {
  while (!stock_.hears_others()) co_await pause(kLookEvery);
  const auto drops = stock_.drops();
  if (std::exchange(drops_seen_, drops) != drops) begin_again();
}

asio::awaitable<Milliseconds> StockWarmer::warm_page() {
  const auto begun = Stopwatch::now();
  const auto work = [this](db::Transaction& tx) {
    return stock_.warm(tx, after_, static_cast<std::int32_t>(WarmPace::kPage));
  };
  const auto page = co_await pool_.read(work);
  const auto took = std::chrono::duration_cast<Milliseconds>(Stopwatch::now() - begun);
  const bool last = page.products < WarmPace::kPage;
  const auto time = pace_.pause_after(took, last);
  stock_.keep_for(pace_.kept());
  after_ = last ? ProductId{} : page.last;
  warmed_ += page.kept;
  if (last && drops_seen_ == stock_.drops()) ++rounds_;
  co_return time;
}

asio::awaitable<void> StockWarmer::pause(Milliseconds time) {
  const auto end = Stopwatch::now() + time;
  do {
    timer_.expires_after(std::min(time, kLookEvery));
    co_await timer_.async_wait(asio::use_awaitable);
  } while (Stopwatch::now() < end && drops_seen_ == stock_.drops());
}

}  // namespace shopflow::inventory
