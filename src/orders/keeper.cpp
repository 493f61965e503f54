#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "orders/core.hpp"
#include "orders/refund_repository.hpp"
#include "shopflow/carts/reservations.hpp"
#include "shopflow/core/failpoint.hpp"

/// What happens to orders when nobody does anything.
namespace shopflow::orders {
namespace {

namespace asio = boost::asio;

constexpr auto kPeriod = std::chrono::milliseconds{250};
constexpr std::int32_t kDueMax = 1024;  // looked at in one go
constexpr std::size_t kWidth = 256;     // worked on at once
const std::string kUntraced;            // nobody asked for what the clock does

/// Works on all of them, some at once, so that their commands meet in one batch of the lane.
template <class Item, class Work>
asio::awaitable<void> for_each(std::vector<Item> items, Work work) {
  const auto executor = co_await asio::this_coro::executor;
  using Started = decltype(asio::co_spawn(executor, work(items.front()), asio::deferred));
  for (std::size_t begin = 0; begin < items.size(); begin += kWidth) {
    const auto end = std::min(items.size(), begin + kWidth);
    std::vector<Started> group;
    for (auto i = begin; i < end; ++i) {
      group.push_back(asio::co_spawn(executor, work(items[i]), asio::deferred));
    }
    auto all = asio::experimental::make_parallel_group(std::move(group));
    const asio::experimental::wait_for_all every_one;
    co_await all.async_wait(every_one, asio::use_awaitable);
  }
}

/// Runs one of the keeper's tasks; what fails is tried again in the next round.
template <class Task>
asio::awaitable<void> attempt(const char* what, Task task) {
  try {
    co_await task();
  } catch (const std::exception& error) {
    spdlog::warn("orders: {} failed: {}", what, error.what());
  }
}

/// What the clock has to do about unpaid orders.
struct Due {
  std::vector<OrderId> lapsed;     // their hold ends
  std::vector<OrderId> unpaid;     // for too long
  std::vector<carts::Look> early;  // nothing yet
};

Due sort_out(const std::vector<carts::DueReservation>& found, const OrderSettings& settings,
             const Postponed& postponed, Timestamp now) {
  Due due;
  for (const auto& one : found) {
    const bool is_unpaid = settings.given_up_at(one.order_id) <= now;
    const bool is_held = one.stage != carts::Stage::expired;
    const bool has_lapsed = is_held && one.deadline <= now;
    if (!is_unpaid && !has_lapsed) {
      const auto look = settings.looked_at(one.order_id, now);
      due.early.push_back({one.cart_id, one.bound, is_held ? std::min(look, one.deadline) : look});
    } else if (!postponed.contains(one.order_id, now)) {
      (is_unpaid ? due.unpaid : due.lapsed).push_back(one.order_id);
    }
  }
  return due;
}

}  // namespace

asio::awaitable<void> OrderService::lapse_or_cancel(OrderId order, bool lapsing) {
  const auto work = [this, order, lapsing]() -> asio::awaitable<void> {
    const auto* step = lapsing ? "lapse" : "cancellation";
    auto closed = co_await cancel_open_payments(order, lapsing, kUntraced);
    if (!closed) {
      core_->postponed.add(order, parts_.clock.now());
      spdlog::warn("the {} of {} waits until its payment is cancelled: {}", step, order.str(),
                   closed.error().code);
      co_return;
    }
    failpoint("order", lapsing ? "before_lapse" : "before_cancel");
    Action command = lapsing ? Action{LapseHold{order}} : Action{Cancel{order, "not_paid", true}};
    auto done = co_await core_->submit(std::move(command));
    if (done) co_return;
    core_->postponed.add(order, parts_.clock.now());
    spdlog::info("the {} of {} was refused: {}", step, order.str(), done.error().code);
  };
  co_await attempt(lapsing ? "letting a hold lapse" : "cancelling an unpaid order", work);
}

asio::awaitable<std::size_t> OrderService::sweep() {
  const auto now = parts_.clock.now();
  const auto& settings = core_->settings;
  core_->postponed.tidy(now);
  const auto lapse = [this](OrderId order) { return lapse_or_cancel(order, true); };
  const auto cancel = [this](OrderId order) { return lapse_or_cancel(order, false); };
  carts::DueReservation last;
  for (std::size_t count = 0;;) {
    const auto look = [now, last](db::Transaction& tx) {
      return carts::find_due_orders(tx, now, last, kDueMax);
    };
    const auto found = co_await parts_.pool.read(look);
    const auto due = sort_out(found, settings, core_->postponed, now);
    count += due.lapsed.size() + due.unpaid.size();
    if (!due.lapsed.empty()) co_await for_each(due.lapsed, lapse);
    if (!due.unpaid.empty()) co_await for_each(due.unpaid, cancel);
    const auto put_off = [&]() -> asio::awaitable<void> {
      const auto write = [&](db::Transaction& tx) { carts::put_off_looks(tx, due.early); };
      co_await parts_.pool.write_idempotently(write);
    };
    if (!due.early.empty()) co_await attempt("putting off looks at unpaid orders", put_off);
    if (found.size() < kDueMax) co_return count;
    last = found.back();
  }
}

asio::awaitable<void> OrderService::pay_out_one(Refund refund) {
  const auto work = [this, refund]() -> asio::awaitable<void> {
    const auto payments = co_await payments_of(refund.order_id);
    const auto payment = std::ranges::find(payments, refund.payment_id, &Payment::id);
    SettleRefund command{refund.order_id, refund.id, {}, {}, false, refund.attempts};
    auto* provider = payment == payments.end() ? nullptr : parts_.providers.find(payment->provider);
    if (provider == nullptr) {
      command.error = payments::errors::unknown_provider.code;
    } else {
      failpoint("provider", "before_refund");
      auto said = co_await provider->refund(refund.id, payment->provider_ref.value_or(""), refund.amount);
      failpoint("provider", "refunded");
      if (said) {
        command.provider_ref = std::move(*said);
      } else {
        command.error = said.error().code;
        command.hopeless = said.error().code == payments::errors::provider_refused.code;
        if (command.hopeless) {
          spdlog::error(
              "{} of {} was refused by the provider: its money stays here until it is asked for anew",
              refund.id.str(), refund.order_id.str());
        }
      }
    }
    auto settled = co_await core_->submit(std::move(command));
    if (!settled) spdlog::warn("{} is not settled: {}", refund.id.str(), settled.error().code);
  };
  co_await attempt("a refund", work);
}

asio::awaitable<void> OrderService::pay_out_order(OrderId order) {
  const auto work = [this, order]() -> asio::awaitable<void> {
    const auto look = [order](db::Transaction& tx) { return load_refunds(tx, {order}); };
    const auto refunds = co_await parts_.pool.read(look);
    for (const auto& refund : refunds) {
      if (refund.state == RefundState::pending) co_await pay_out_one(refund);
    }
  };
  co_await attempt("paying out refunds", work);
}

asio::awaitable<std::size_t> OrderService::pay_out() {
  const auto now = parts_.clock.now();
  const auto look = [now](db::Transaction& tx) { return find_due_refunds(tx, now, kDueMax); };
  auto due = co_await parts_.pool.read(look);
  const auto count = due.size();
  const auto pay_it = [this](Refund refund) { return pay_out_one(std::move(refund)); };
  if (count > 0) co_await for_each(std::move(due), pay_it);
  co_return count;
}

asio::awaitable<void> OrderService::keep() {
  asio::steady_timer timer{co_await asio::this_coro::executor};
  const auto look = [this]() -> asio::awaitable<void> { co_await sweep(); };
  const auto pay_due = [this]() -> asio::awaitable<void> { co_await pay_out(); };
  while (keeping_) {
    co_await attempt("looking for lapsed holds and unpaid orders", look);
    co_await attempt("looking for refunds", pay_due);
    timer.expires_after(kPeriod);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

}  // namespace shopflow::orders
