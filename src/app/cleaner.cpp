#include "app/cleaner.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/use_awaitable.hpp>

#include "shopflow/carts/audit.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::app {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::minutes kEvery{1};
constexpr int kCountMax = 1000;  // rows in one transaction, so that none is long
constexpr std::chrono::days kCartsKept{30};

}  // namespace

asio::awaitable<void> Cleaner::run() {
  for (;;) {
    timer_.expires_after(kEvery);
    co_await timer_.async_wait(asio::use_awaitable);
    try {
      co_await clean();
    } catch (const std::exception& error) {
      spdlog::warn("cleaning up waits: {}", error.what());
    }
  }
}

asio::awaitable<void> Cleaner::clean() {
  const auto now = clock_.now();
  const auto receipts = [now](db::Transaction& tx) { return db::delete_lapsed_receipts(tx, now, kCountMax); };
  const auto carts = [now](db::Transaction& tx) {
    return carts::delete_idle_carts(tx, now - kCartsKept, kCountMax);
  };
  std::size_t deleted = kCountMax;
  while (deleted == kCountMax) deleted = co_await pool_.transact(receipts);
  deleted = kCountMax;
  while (deleted == kCountMax) deleted = co_await pool_.transact(carts);
}

}  // namespace shopflow::app
