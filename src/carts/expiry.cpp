#include "shopflow/carts/expiry.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <vector>

#include "carts/repository.hpp"
#include "shopflow/carts/service.hpp"
#include "shopflow/core/failpoint.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::carts {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> expire(CartService& carts, CartId id) {
  CartCommand command{id, ExpireLines{}, {}, {}};
  const auto outcome = co_await carts.submit(std::move(command));
  if (!outcome) spdlog::warn("the holds of {} could not be freed: {}", id.str(), outcome.error().code);
}

/// All at once, so that the lane makes one batch of them.
asio::awaitable<void> expire_all(const asio::any_io_executor& executor, CartService& carts,
                                 const std::vector<DueCart>& due) {
  const auto start = [&](CartId id) {
    auto work = expire(carts, id);
    return asio::co_spawn(executor, std::move(work), asio::deferred);
  };
  std::vector<decltype(start(CartId{}))> operations;
  operations.reserve(due.size());
  for (const auto& cart : due) operations.push_back(start(cart.id));
  auto group = asio::experimental::make_parallel_group(std::move(operations));
  const asio::experimental::wait_for_all all;
  co_await group.async_wait(all, asio::use_awaitable);
}

}  // namespace

ExpirySweeper::ExpirySweeper(asio::any_io_executor executor, db::Pool& pool, CartService& carts,
                             const Clock& clock, ExpirySettings settings)
    : executor_{std::move(executor)},
      pool_{pool},
      carts_{carts},
      clock_{clock},
      settings_{settings},
      timer_{executor_} {}

asio::awaitable<std::size_t> ExpirySweeper::sweep() {
  std::size_t count = 0;
  DueCart last;
  for (;;) {
    const auto query = [now = clock_.now(), last, this](db::Transaction& tx) {
      return find_due_carts(tx, now, last, settings_.page_max);
    };
    const auto due = co_await pool_.read(query);
    if (!due.empty()) {
      failpoint("cart", "before_expiry");
      co_await expire_all(executor_, carts_, due);
      failpoint("cart", "expired");
      last = due.back();
    }
    count += due.size();
    if (due.size() < static_cast<std::size_t>(settings_.page_max)) co_return count;
  }
}

asio::awaitable<void> ExpirySweeper::run() {
  bool away = false;
  while (!stopping_) {
    try {
      co_await sweep();
      away = false;
    } catch (const std::exception& error) {
      if (!away) spdlog::warn("lapsed holds wait for the database: {}", error.what());
      away = true;
    }
    if (stopping_) co_return;
    timer_.expires_after(settings_.every);
    boost::system::error_code cancelled;
    auto quietly = asio::redirect_error(asio::use_awaitable, cancelled);
    co_await timer_.async_wait(std::move(quietly));
  }
}

void ExpirySweeper::stop() {
  stopping_ = true;
  asio::post(executor_, [this] { timer_.cancel(); });
}

}  // namespace shopflow::carts
