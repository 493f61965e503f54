#include "app/table_keeper.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "shopflow/db/partitions.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::app {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::hours kLookEvery{1};
constexpr std::chrono::minutes kStatementMax{10};

db::PoolSettings patient(db::ConnectionSettings connection) {
  connection.statement_timeout = kStatementMax;
  return {.connection = std::move(connection), .connections = 1};
}

}  // namespace

TableKeeper::TableKeeper(const asio::any_io_executor& executor, db::ConnectionSettings connection)
    : pool_{patient(std::move(connection))}, timer_{executor} {}

asio::awaitable<void> TableKeeper::run() {
  // The first time at once: the server may have been away for years.
  for (;;) {
    try {
      co_await make_partitions();
    } catch (const std::exception& error) {
      spdlog::warn("the next partitions wait: {}", error.what());
    }
    try {
      co_await renew_statistics();
    } catch (const std::exception& error) {
      spdlog::warn("new statistics wait: {}", error.what());
    }
    timer_.expires_after(kLookEvery);
    co_await timer_.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> TableKeeper::make_partitions() {
  for (;;) {
    const auto made = co_await pool_.transact(db::make_partition);
    if (!made) co_return;
    spdlog::info("partition {} is ready", *made);
  }
}

asio::awaitable<void> TableKeeper::renew_statistics() {
  for (;;) {
    const auto renewed = co_await pool_.transact(db::renew_statistics);
    if (!renewed) co_return;
    spdlog::info("the statistics of {} are renewed", *renewed);
  }
}

}  // namespace shopflow::app
