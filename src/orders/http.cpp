#include "shopflow/access/secrets.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/log.hpp"
#include "shopflow/orders/fulfilment.hpp"
#include "shopflow/orders/orders_api.hpp"

namespace shopflow::orders {
namespace {

namespace asio = boost::asio;

Asked asked_by(const http::Request& request) { return {request.trace.traceparent(), request.receipt_key}; }

/// An answer of the service, which is JSON already.
template <class Reply>
Result<Reply> as_reply(Result<std::string> answer) {
  if (!answer) return std::unexpected{std::move(answer).error()};
  return Reply::rendered(std::move(*answer));
}

template <class T>
json::List<T> whole_list(std::vector<T> data) {
  return {std::move(data), false, std::nullopt};
}

}  // namespace

Result<OrderId> OrdersApi::of_caller(const http::Request& request) const {
  const auto order = request.id<OrderId>("id");
  if (!order) return order;
  if (const auto theirs = secrets_.check(*order, request.secret()); !theirs) {
    return std::unexpected{theirs.error()};
  }
  return order;
}

asio::awaitable<Result<http::Created<OrderView>>> OrdersApi::check_out(const http::Request& request,
                                                                       CheckoutBody body) {
  using Reply = http::Created<OrderView>;
  const auto cart = request.id<CartId>("id");
  if (!cart) co_return std::unexpected{cart.error()};
  if (const auto theirs = secrets_.check(*cart, request.secret()); !theirs) {
    co_return std::unexpected{theirs.error()};
  }
  CheckoutRequest checkout{*cart,
                           std::move(body.email),
                           std::move(body.shipping_address),
                           std::move(body.billing_address),
                           std::move(body.shipping_method),
                           std::move(body.payment_provider)};
  auto asked = asked_by(request);
  auto answer = co_await orders_.check_out(std::move(checkout), std::move(asked));
  co_return as_reply<Reply>(std::move(answer));
}

asio::awaitable<Result<http::Reply<OrderView>>> OrdersApi::get(const http::Request& request) {
  const auto order = of_caller(request);
  if (!order) co_return std::unexpected{order.error()};
  auto view = co_await orders_.read(*order);
  if (!view) co_return std::unexpected{std::move(view).error()};
  view->note.reset();
  co_return http::Reply<OrderView>{std::move(*view)};
}

asio::awaitable<Result<http::Reply<json::List<TimelineEntry>>>> OrdersApi::timeline_of(OrderId order) {
  const auto work = [order](db::Transaction& tx) {
    std::vector<TimelineEntry> entries;
    for (auto& event : events::read_aggregate(tx, order.value)) {
      const auto& envelope = event.envelope;
      entries.push_back({envelope.id, envelope.sequence, envelope.type, envelope.occurred_at,
                         json::Raw{std::move(event.data)}});
    }
    return entries;
  };
  auto entries = co_await pool_.read(work);
  // Every order begins with an event, so what has none is no order.
  if (entries.empty()) co_return fail(errors::order_not_found, order.str());
  co_return http::Reply<json::List<TimelineEntry>>{whole_list(std::move(entries))};
}

asio::awaitable<Result<http::Reply<json::List<TimelineEntry>>>> OrdersApi::timeline(
    const http::Request& request) {
  const auto order = of_caller(request);
  if (!order) co_return std::unexpected{order.error()};
  co_return co_await timeline_of(*order);
}

asio::awaitable<Result<http::Reply<json::List<TimelineEntry>>>> OrdersApi::timeline_as_staff(
    const http::Request& request) {
  const auto order = request.id<OrderId>("id");
  if (!order) co_return std::unexpected{order.error()};
  co_return co_await timeline_of(*order);
}

asio::awaitable<Result<http::Reply<PaymentView>>> OrdersApi::pay(const http::Request& request,
                                                                 AttemptBody body) {
  const auto order = of_caller(request);
  if (!order) co_return std::unexpected{order.error()};
  auto asked = asked_by(request);
  auto answer = co_await orders_.pay(*order, std::move(body.payment_method), std::move(asked));
  co_return as_reply<http::Reply<PaymentView>>(std::move(answer));
}

asio::awaitable<Result<http::Reply<OrderView>>> OrdersApi::cancel(const http::Request& request) {
  const auto order = of_caller(request);
  if (!order) co_return std::unexpected{order.error()};
  auto asked = asked_by(request);
  std::string reason = "cancelled_by_shopper";
  auto answer = co_await orders_.cancel(*order, std::move(reason), std::move(asked));
  co_return as_reply<http::Reply<OrderView>>(std::move(answer));
}

asio::awaitable<Result<http::Reply<json::List<OrderView>>>> OrdersApi::list(const http::Request& /*request*/,
                                                                            http::Query<OrderPage> page) {
  OrderQuery query{page->state, page->email, page->cursor, page->limit};
  auto orders = co_await orders_.list(std::move(query));
  json::List<OrderView> answer;
  answer.has_more = orders.size() > static_cast<std::size_t>(page->limit);
  if (answer.has_more) {
    orders.pop_back();
    answer.next_cursor = orders.back().id.str();
  }
  answer.data = std::move(orders);
  co_return http::Reply<json::List<OrderView>>{std::move(answer)};
}

asio::awaitable<Result<http::Reply<OrderView>>> OrdersApi::get_as_staff(const http::Request& request) {
  const auto order = request.id<OrderId>("id");
  if (!order) co_return std::unexpected{order.error()};
  auto view = co_await orders_.read(*order);
  if (!view) co_return std::unexpected{std::move(view).error()};
  co_return http::Reply<OrderView>{std::move(*view)};
}

asio::awaitable<Result<http::Reply<OrderView>>> OrdersApi::cancel_as_staff(const http::Request& request,
                                                                           CancelBody body) {
  const auto order = request.id<OrderId>("id");
  if (!order) co_return std::unexpected{order.error()};
  auto asked = asked_by(request);
  auto answer = co_await orders_.cancel(*order, std::move(body.reason), std::move(asked));
  co_return as_reply<http::Reply<OrderView>>(std::move(answer));
}

asio::awaitable<Result<http::Created<RefundView>>> OrdersApi::refund(const http::Request& request,
                                                                     RefundBody body) {
  const auto order = request.id<OrderId>("id");
  if (!order) co_return std::unexpected{order.error()};
  RefundRequest wanted{body.amount, std::move(body.reason), std::move(body.restock)};
  auto asked = asked_by(request);
  auto answer = co_await orders_.refund(*order, std::move(wanted), std::move(asked));
  co_return as_reply<http::Created<RefundView>>(std::move(answer));
}

asio::awaitable<Result<http::Reply<json::List<RefundView>>>> OrdersApi::refunds(
    const http::Request& request) {
  const auto order = request.id<OrderId>("id");
  if (!order) co_return std::unexpected{order.error()};
  auto views = co_await orders_.refunds(*order);
  if (!views) co_return std::unexpected{std::move(views).error()};
  co_return http::Reply<json::List<RefundView>>{whole_list(std::move(*views))};
}

asio::awaitable<Result<http::Reply<OrderView>>> OrdersApi::note(const http::Request& request, NoteBody body) {
  const auto order = request.id<OrderId>("id");
  if (!order) co_return std::unexpected{order.error()};
  auto asked = asked_by(request);
  auto answer = co_await orders_.note(*order, std::move(body.note), std::move(asked));
  co_return as_reply<http::Reply<OrderView>>(std::move(answer));
}

asio::awaitable<Result<http::Reply<OrderView>>> OrdersApi::mark_paid(const http::Request& request) {
  const auto order = request.id<OrderId>("id");
  if (!order) co_return std::unexpected{order.error()};
  auto asked = asked_by(request);
  auto answer = co_await orders_.mark_paid(*order, std::move(asked));
  co_return as_reply<http::Reply<OrderView>>(std::move(answer));
}

}  // namespace shopflow::orders
