#include "app/cleaner.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "shopflow/carts/retention.hpp"
#include "shopflow/carts/types.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/email/mail_keeping.hpp"
#include "shopflow/live/retention.hpp"
#include "shopflow/orders/notices.hpp"

namespace shopflow::app {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::minutes kEvery{1};
constexpr int kCountMax = 1000;  // rows in one transaction, so that none is long

std::chrono::milliseconds between() {
  const auto hurried = hurried_cleaning != nullptr ? hurried_cleaning() : std::chrono::milliseconds{0};
  return hurried.count() > 0 ? hurried : kEvery;
}

}  // namespace

asio::awaitable<void> Cleaner::run() {
  for (;;) {
    timer_.expires_after(between());
    co_await timer_.async_wait(asio::use_awaitable);
    try {
      co_await clean();
    } catch (const std::exception& error) {
      spdlog::warn("cleaning up waits: {}", error.what());
    }
  }
}

template <class Work>
asio::awaitable<void> Cleaner::delete_all(Work work) {
  for (std::size_t deleted = kCountMax; deleted == kCountMax;) deleted = co_await pool_.transact(work);
}

asio::awaitable<void> Cleaner::delete_carts(Timestamp before) {
  for (std::optional<CartId> after = CartId{}; after;) {
    const auto step = [before, from = *after](db::Transaction& tx) {
      return carts::delete_old_carts(tx, before, from, kCountMax);
    };
    const auto done = co_await pool_.transact(step);
    after = done.last;
  }
}

asio::awaitable<void> Cleaner::clean() {
  const auto now = clock_.now();
  const auto receipts = [now](db::Transaction& tx) { return db::delete_lapsed_receipts(tx, now, kCountMax); };
  const auto notifications = [before = now - settings_.notifications](db::Transaction& tx) {
    return live::delete_old_notifications(tx, before, kCountMax);
  };
  const auto mails = [before = now - settings_.sent_mails](db::Transaction& tx) {
    return email::delete_sent_mails(tx, before, kCountMax);
  };
  const auto notices = [before = now - settings_.notices](db::Transaction& tx) {
    return orders::delete_old_notices(tx, before, kCountMax);
  };
  co_await delete_all(receipts);
  co_await delete_carts(now - carts::kRowKept);
  co_await delete_all(notifications);
  co_await delete_all(mails);
  co_await delete_all(notices);
}

}  // namespace shopflow::app
