#include "shopflow/orders/service.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include "orders/core.hpp"
#include "orders/order_repository.hpp"
#include "orders/payment_repository.hpp"
#include "orders/provider_wait.hpp"
#include "orders/refund_repository.hpp"
#include "shopflow/core/failpoint.hpp"

namespace shopflow::orders {

namespace asio = boost::asio;

OrderService::OrderService(OrderParts parts, db::LaneSettings lane, Pricing pricing, OrderSettings settings)
    : parts_{parts}, core_{std::make_unique<Core>(parts, settings, std::move(lane), std::move(pricing))} {}

OrderService::~OrderService() = default;

void OrderService::stop() { core_->lane.stop(); }
db::LaneStats OrderService::stats() const { return core_->lane.stats(); }
bool OrderService::turns_checkouts_away() noexcept { return core_->lane.turns_away(); }

asio::awaitable<Result<std::string>> OrderService::check_out(CheckoutRequest request, Asked asked) {
  const auto now = parts_.clock.now();
  Checkout checkout{OrderId::make(now), PaymentId::make(now), std::move(request)};
  auto trace = asked.traceparent;
  OrderCommand command{
      std::move(checkout), {now, std::move(asked.traceparent)}, Answer::placed, std::move(asked.receipt)};
  failpoint("checkout", "begun");
  auto outcome = co_await core_->submit(std::move(command));
  failpoint("checkout", "placed");
  if (!outcome) co_return std::unexpected{std::move(outcome).error()};
  if (outcome->payment) {
    // The order stands whatever the provider says now, and does not wait for one that is slow; the first
    // attempt asks again.
    const auto executor = co_await asio::this_coro::executor;
    const auto wait = std::make_shared<ProviderWait>(executor);
    const auto tell = [](OrderService* self, Payment payment, std::string why,
                         std::shared_ptr<ProviderWait> waiting) -> asio::awaitable<void> {
      try {
        auto known = co_await self->make_known(std::move(payment), std::move(why));
        if (!known) spdlog::warn("the provider does not know a payment yet: {}", known.error().code);
      } catch (const std::exception& error) {
        spdlog::warn("the provider does not know a payment yet: {}", error.what());
      }
      waiting->end();
    };
    asio::co_spawn(executor, tell(this, std::move(*outcome->payment), std::move(trace), wait),
                   asio::detached);
    co_await wait->end_or_timeout();
  }
  co_return std::move(outcome->rendered);
}

asio::awaitable<Result<void>> OrderService::record(payments::PaymentNotice notice) {
  RecordPayment command{std::move(notice), {}};
  auto outcome = co_await core_->submit(std::move(command));
  if (!outcome) co_return std::unexpected{std::move(outcome).error()};
  co_return Result<void>{};
}

asio::awaitable<Result<std::string>> OrderService::note(OrderId order, std::string text, Asked asked) {
  SetNote command{order, std::move(text)};
  auto answer = co_await core_->answer(std::move(command), std::move(asked), Answer::order);
  co_return answer;
}

asio::awaitable<std::vector<Payment>> OrderService::payments_of(OrderId order) {
  const auto read = [order](db::Transaction& tx) { return read_payments(tx, {order}); };
  co_return co_await parts_.pool.read(read);
}

asio::awaitable<Result<OrderView>> OrderService::read(OrderId order) {
  const auto work = [order](db::Transaction& tx) -> std::optional<OrderView> {
    const auto found = read_order(tx, order);
    if (!found) return std::nullopt;
    const auto payments = read_payments(tx, {order});
    auto view = view_of(*found, current_payment(payments));
    view.note = found->note;
    return view;
  };
  auto view = co_await parts_.pool.read(work);
  if (!view) co_return fail(errors::order_not_found, order.str());
  co_return std::move(*view);
}

asio::awaitable<std::vector<OrderView>> OrderService::list(OrderQuery query) {
  const auto work = [query = std::move(query)](db::Transaction& tx) {
    const auto orders = list_orders(tx, {query.state, query.email, query.before, query.count_max + 1});
    std::vector<OrderId> ids;
    for (const auto& order : orders) ids.push_back(order.id);
    std::unordered_map<OrderId, std::vector<Payment>> payments;
    for (auto& payment : read_payments(tx, ids)) payments[payment.order_id].push_back(std::move(payment));
    std::vector<OrderView> views;
    for (const auto& order : orders) {
      views.push_back(view_of(order, current_payment(payments[order.id])));
      views.back().note = order.note;
    }
    return views;
  };
  co_return co_await parts_.pool.read(work);
}

asio::awaitable<Result<std::vector<RefundView>>> OrderService::refunds(OrderId order) {
  const auto work = [order](db::Transaction& tx) -> std::optional<std::vector<RefundView>> {
    if (!read_order(tx, order)) return std::nullopt;
    std::vector<RefundView> views;
    for (const auto& refund : load_refunds(tx, {order})) views.push_back(view_of(refund));
    return views;
  };
  auto views = co_await parts_.pool.read(work);
  if (!views) co_return fail(errors::order_not_found, order.str());
  co_return std::move(*views);
}

}  // namespace shopflow::orders
