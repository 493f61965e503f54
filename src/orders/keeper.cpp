#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <unordered_map>

#include "orders/core.hpp"
#include "orders/decide.hpp"
#include "orders/payment_repository.hpp"
#include "orders/refund_repository.hpp"
#include "shopflow/carts/reservations.hpp"
#include "shopflow/core/failpoint.hpp"

/// What happens to orders when nobody does anything.
namespace shopflow::orders {
namespace {

namespace asio = boost::asio;

constexpr auto kPeriod = std::chrono::milliseconds{250};
constexpr std::int32_t kDueMax = 1024;  // looked at in one go
constexpr std::size_t kRefundsAtOnce = 256;
const std::string kUntraced;  // nobody asked for what the clock does

/// Works on all of them, `width` at once, so that their commands meet in one batch of the lane.
template <class Item, class Work>
asio::awaitable<void> for_each(std::vector<Item> items, std::size_t width, Work work) {
  const auto executor = co_await asio::this_coro::executor;
  using Started = decltype(asio::co_spawn(executor, work(items.front()), asio::deferred));
  for (std::size_t begin = 0; begin < items.size(); begin += width) {
    const auto end = std::min(items.size(), begin + width);
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

/// What the clock has to do about unpaid orders, those first whose bound came first.
struct Due {
  std::vector<Chore> chores;
  std::vector<carts::Look> early;  // nothing to do about them yet
};

Due sort_out(const std::vector<carts::DueReservation>& found, const OrderSettings& settings,
             const Postponed& postponed, const Chores& chores, Timestamp now) {
  Due due;
  for (const auto& one : found) {
    const bool is_unpaid = settings.given_up_at(one.order_id) <= now;
    const bool is_held = one.stage != carts::Stage::expired;
    const bool has_lapsed = is_held && one.deadline <= now;
    if (!is_unpaid && !has_lapsed) {
      const auto look = settings.looked_at(one.order_id, now);
      due.early.push_back({one.cart_id, one.bound, is_held ? std::min(look, one.deadline) : look});
    } else if (!postponed.contains(one.order_id, now) && !chores.contains(one.order_id)) {
      due.chores.push_back({one.order_id, !is_unpaid, one.cart_id});
    }
  }
  return due;
}

/// By order, the provider of its payment that is open.
std::unordered_map<OrderId, std::string> providers_of(const std::vector<Payment>& payments) {
  std::unordered_map<OrderId, std::string> providers;
  for (const auto& payment : payments) {
    if (!payments::is_final(payment.state)) providers.insert_or_assign(payment.order_id, payment.provider);
  }
  return providers;
}

}  // namespace

/// A chore may have waited for long, and the order may have been given more time by a payment meanwhile.
asio::awaitable<bool> OrderService::is_still_due(const Chore& chore) {
  if (!chore.lapsing) co_return true;
  const auto look = [&](db::Transaction& tx) { return carts::read_cart(tx, chore.cart_id); };
  const auto cart = co_await parts_.pool.read(look);
  co_return cart&& is_held(*cart) && carts::has_lapsed(*cart, parts_.clock.now());
}

asio::awaitable<void> OrderService::lapse_or_cancel(Chore chore) {
  const auto work = [this, chore]() -> asio::awaitable<void> {
    const bool due = co_await is_still_due(chore);
    if (!due) co_return;
    const auto& order = chore.order_id;
    const auto* step = chore.lapsing ? "lapse" : "cancellation";
    auto closed = co_await cancel_open_payments(order, chore.lapsing, kUntraced);
    if (!closed) {
      core_->postponed.add(order, parts_.clock.now());
      spdlog::warn("the {} of {} waits until its payment is cancelled: {}", step, order.str(),
                   closed.error().code);
      co_return;
    }
    failpoint("order", chore.lapsing ? "before_lapse" : "before_cancel");
    Action command = chore.lapsing ? Action{LapseHold{order}} : Action{Cancel{order, "not_paid", true}};
    auto done = co_await core_->submit(std::move(command));
    if (done) co_return;
    core_->postponed.add(order, parts_.clock.now());
    spdlog::info("the {} of {} was refused: {}", step, order.str(), done.error().code);
  };
  co_await attempt(chore.lapsing ? "letting a hold lapse" : "cancelling an unpaid order", work);
}

asio::awaitable<void> OrderService::work_off(std::string provider) {
  while (const auto chore = core_->chores.next(provider)) {
    co_await lapse_or_cancel(*chore);
    core_->chores.finish(chore->order_id);
  }
}

/// Queues them; gives the providers for each of which a worker is to be started, some more than once.
asio::awaitable<std::vector<std::string>> OrderService::queue(std::vector<Chore> chores) {
  std::vector<OrderId> orders;
  for (const auto& chore : chores) orders.push_back(chore.order_id);
  const auto look = [&](db::Transaction& tx) { return read_payments(tx, orders); };
  const auto payments = co_await parts_.pool.read(look);
  const auto providers = providers_of(payments);
  std::vector<std::string> workers;
  for (const auto& chore : chores) {
    const auto found = providers.find(chore.order_id);
    const auto provider = found == providers.end() ? std::string{} : found->second;
    if (core_->chores.add(provider, chore)) workers.push_back(provider);
  }
  co_return workers;
}

/// Goes through what is due, page by page, and has `begin` start the workers.
template <class Begin>
asio::awaitable<std::size_t> OrderService::look_through(Begin begin) {
  const auto now = parts_.clock.now();
  core_->postponed.tidy(now);
  carts::DueReservation last;
  for (std::size_t count = 0;;) {
    const auto look = [now, last](db::Transaction& tx) {
      return carts::find_due_orders(tx, now, last, kDueMax);
    };
    const auto found = co_await parts_.pool.read(look);
    const auto due = sort_out(found, core_->settings, core_->postponed, core_->chores, now);
    count += due.chores.size();
    if (!due.chores.empty()) {
      auto workers = co_await queue(due.chores);
      co_await begin(std::move(workers));
    }
    const auto put_off = [&]() -> asio::awaitable<void> {
      const auto write = [&](db::Transaction& tx) { carts::put_off_looks(tx, due.early); };
      co_await parts_.pool.write_idempotently(write);
    };
    if (!due.early.empty()) co_await attempt("putting off looks at unpaid orders", put_off);
    if (found.size() < kDueMax) co_return count;
    last = found.back();
  }
}

asio::awaitable<std::size_t> OrderService::sweep() {
  const auto work = [this](std::string provider) { return work_off(std::move(provider)); };
  const auto wait_for_all = [work](std::vector<std::string> workers) -> asio::awaitable<void> {
    const auto count = workers.size();
    if (count > 0) co_await for_each(std::move(workers), count, work);
  };
  co_return co_await look_through(wait_for_all);
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
  if (count > 0) co_await for_each(std::move(due), kRefundsAtOnce, pay_it);
  co_return count;
}

template <class Task>
asio::awaitable<void> OrderService::repeat(const char* what, Task task) {
  asio::steady_timer timer{co_await asio::this_coro::executor};
  while (keeping_) {
    co_await attempt(what, task);
    timer.expires_after(kPeriod);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

asio::awaitable<void> OrderService::keep() {
  using namespace asio::experimental::awaitable_operators;
  const auto executor = co_await asio::this_coro::executor;
  // Nobody waits for them here, since each waits for a provider.
  const auto start = [this, executor](std::vector<std::string> workers) -> asio::awaitable<void> {
    for (auto& provider : workers) asio::co_spawn(executor, work_off(std::move(provider)), asio::detached);
    co_return;
  };
  const auto look = [this, start]() -> asio::awaitable<void> { co_await look_through(start); };
  const auto pay_due = [this]() -> asio::awaitable<void> { co_await pay_out(); };
  co_await (repeat("looking for lapsed holds and unpaid orders", look) &&
            repeat("looking for refunds", pay_due));
}

}  // namespace shopflow::orders
