#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "shopflow/core/json.hpp"
#include "shopflow/http/message.hpp"
#include "shopflow/http/reply.hpp"
#include "shopflow/orders/service.hpp"

namespace shopflow::orders {

struct CheckoutBody {
  std::string email;
  Address shipping_address;
  std::optional<Address> billing_address;
  std::string shipping_method;
  std::string payment_provider = "sandbox";
};

struct AttemptBody {
  std::string payment_method;
};

struct CancelBody {
  std::string reason;
};

struct RefundBody {
  std::optional<Money> amount;
  std::string reason;
  std::vector<events::Units> restock;
};

struct NoteBody {
  std::string note;
};

struct OrderPage {
  std::optional<OrderState> state;
  std::optional<std::string> email;
  std::optional<OrderId> cursor;
  std::int32_t limit = 50;
};

/// One thing that happened to an order.
struct TimelineEntry {
  EventId id;
  std::int32_t sequence = 0;
  std::string type;
  Timestamp occurred_at;
  json::Raw data;
};

/// The storefront's and the staff's endpoints of orders. The storefront proves with a secret that a cart or
/// an order is the caller's. Thread-safe.
class OrdersApi {
 public:
  OrdersApi(OrderService& orders, db::Pool& pool, const access::Secrets& secrets)
      : orders_{orders}, pool_{pool}, secrets_{secrets} {}

  boost::asio::awaitable<Result<http::Created<OrderView>>> check_out(const http::Request& request,
                                                                     CheckoutBody body);
  /// Whether check_out would answer `overloaded` now to what has not been asked before.
  [[nodiscard]] bool turns_checkouts_away() noexcept { return orders_.turns_checkouts_away(); }
  boost::asio::awaitable<Result<http::Reply<OrderView>>> get(const http::Request& request);
  boost::asio::awaitable<Result<http::Reply<json::List<TimelineEntry>>>> timeline(
      const http::Request& request);
  boost::asio::awaitable<Result<http::Reply<PaymentView>>> pay(const http::Request& request,
                                                               AttemptBody body);
  boost::asio::awaitable<Result<http::Reply<OrderView>>> cancel(const http::Request& request);

  boost::asio::awaitable<Result<http::Reply<json::List<OrderView>>>> list(const http::Request& request,
                                                                          http::Query<OrderPage> page);
  boost::asio::awaitable<Result<http::Reply<OrderView>>> get_as_staff(const http::Request& request);
  boost::asio::awaitable<Result<http::Reply<json::List<TimelineEntry>>>> timeline_as_staff(
      const http::Request& request);
  boost::asio::awaitable<Result<http::Reply<OrderView>>> cancel_as_staff(const http::Request& request,
                                                                         CancelBody body);
  boost::asio::awaitable<Result<http::Created<RefundView>>> refund(const http::Request& request,
                                                                   RefundBody body);
  boost::asio::awaitable<Result<http::Reply<json::List<RefundView>>>> refunds(const http::Request& request);
  boost::asio::awaitable<Result<http::Reply<OrderView>>> note(const http::Request& request, NoteBody body);
  boost::asio::awaitable<Result<http::Reply<OrderView>>> mark_paid(const http::Request& request);

 private:
  [[nodiscard]] Result<OrderId> of_caller(const http::Request& request) const;
  boost::asio::awaitable<Result<http::Reply<json::List<TimelineEntry>>>> timeline_of(OrderId order);

  OrderService& orders_;
  db::Pool& pool_;
  const access::Secrets& secrets_;
};

}  // namespace shopflow::orders

namespace shopflow::json {

template <>
struct Shape<orders::CheckoutBody> {
  using T = orders::CheckoutBody;
  static constexpr std::string_view name = "Checkout";
  static constexpr auto fields = std::tuple{
      field("email", &T::email, "Where the order's mails go.", email()),
      field("shipping_address", &T::shipping_address, "Where the order goes; decides shipping and tax."),
      field("billing_address", &T::billing_address, "Where the bill goes, if elsewhere."),
      field("shipping_method", &T::shipping_method, "One of the shop's ways to ship.", length(1, 50), slug()),
      field("payment_provider", &T::payment_provider, "Who takes the money: sandbox or manual (invoice).",
            length(1, 50), slug(), or_default())};
};

template <>
struct Shape<orders::AttemptBody> {
  using T = orders::AttemptBody;
  static constexpr std::string_view name = "PaymentAttempt";
  static constexpr auto fields = std::tuple{field("payment_method", &T::payment_method,
                                                  "A payment method of the provider's, for example "
                                                  "pm_card_visa.",
                                                  length(1, 100), single_line())};
};

template <>
struct Shape<orders::CancelBody> {
  using T = orders::CancelBody;
  static constexpr std::string_view name = "Cancellation";
  static constexpr auto fields =
      std::tuple{field("reason", &T::reason, "Why; the shopper is told.", length(1, 200), single_line())};
};

template <>
struct Shape<orders::RefundBody> {
  using T = orders::RefundBody;
  static constexpr std::string_view name = "NewRefund";
  static constexpr auto fields = std::tuple{
      field("amount", &T::amount, "What goes back; all that is left when absent.", between(1, kAmountMax)),
      field("reason", &T::reason, "Why; the shopper is told.", length(1, 200), single_line()),
      field("restock", &T::restock, "Units that came back and can be sold again.", items(0, 1'000),
            or_default())};
};

template <>
struct Shape<orders::NoteBody> {
  using T = orders::NoteBody;
  static constexpr std::string_view name = "OrderNote";
  static constexpr auto fields =
      std::tuple{field("note", &T::note, "Replaces the note of the staff.", length(1, 2'000))};
};

template <>
struct Shape<orders::OrderPage> {
  using T = orders::OrderPage;
  static constexpr std::string_view name = "OrderPage";
  static constexpr auto fields =
      std::tuple{field("state", &T::state, "Only orders in this state."),
                 field("email", &T::email, "Only orders of exactly this address.", length(3, 254)),
                 field("cursor", &T::cursor, "`next_cursor` of the page before."),
                 field("limit", &T::limit, "How many at most.", between(1, 100), or_default())};
};

template <>
struct Shape<orders::TimelineEntry> {
  using T = orders::TimelineEntry;
  static constexpr std::string_view name = "TimelineEntry";
  static constexpr auto fields = std::tuple{
      field("id", &T::id, "The event."), field("sequence", &T::sequence, "1, 2, 3… for each order."),
      field("type", &T::type, "What happened."), field("occurred_at", &T::occurred_at, "When."),
      field("data", &T::data, "Its identifiers and amounts.")};
};

}  // namespace shopflow::json
