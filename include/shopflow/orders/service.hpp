#pragma once

#include <algorithm>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shopflow/carts/types.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/db/lane_queue.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/receipt.hpp"
#include "shopflow/orders/errors.hpp"
#include "shopflow/orders/pricing.hpp"
#include "shopflow/orders/views.hpp"
#include "shopflow/payments/provider.hpp"

namespace shopflow::access {
class Secrets;
}
namespace shopflow::carts {
class CartMemory;
}
namespace shopflow::events {
class Outbox;
}
namespace shopflow::inventory {
class StockStore;
}

namespace shopflow::orders {

struct Chore;  // of the keeper: orders/chores.hpp

struct OrderSettings {
  std::chrono::seconds checkout_hold{900};        // units are held for an order that is not paid
  std::chrono::seconds payment_hold{1800};        // and, at most, while the provider is busy
  std::chrono::seconds unpaid_order_max{86'400};  // then an order without money is cancelled
  std::chrono::hours cart_idle_max = carts::kIdleMax;

  /// When an order is cancelled if nobody has paid it.
  [[nodiscard]] Timestamp given_up_at(const OrderId& order) const {
    return uuid7_time(order.value) + unpaid_order_max;
  }
  /// When the clock looks at an unpaid order again that has no hold: each hour after it was placed, since
  /// other settings may give it less time by then.
  [[nodiscard]] Timestamp looked_at(const OrderId& order, Timestamp now) const {
    const auto placed = uuid7_time(order.value);
    const auto hours = std::max(std::chrono::floor<std::chrono::hours>(now - placed), std::chrono::hours{0});
    return std::min(given_up_at(order), placed + hours + std::chrono::hours{1});
  }
};

/// A cart that is to become an order.
struct CheckoutRequest {
  CartId cart_id;
  std::string email;
  Address shipping_address;
  std::optional<Address> billing_address;
  std::string shipping_method;
  std::string provider;
};

/// Money that is to go back: all that is left unless an amount is named. `restock`: units that came back with
/// the parcel and can be sold again.
struct RefundRequest {
  std::optional<Money> amount;
  std::string reason;
  std::vector<events::Units> restock;
};

/// On whose behalf something is done: the trace, and the key under which the answer is kept.
struct Asked {
  std::string traceparent;
  std::optional<db::ReceiptKey> receipt;
};

/// A page of orders, newest first.
struct OrderQuery {
  std::optional<OrderState> state;
  std::optional<std::string> email;  // exactly, without regard to case
  std::optional<OrderId> before;     // the last of the page before
  std::int32_t count_max = 50;
};

/// What the service works with; all of it outlives the service.
struct OrderParts {
  db::Pool& pool;
  const inventory::StockStore& stock;
  const events::Outbox& outbox;
  const payments::Providers& providers;
  const access::Secrets& secrets;
  const Clock& clock;
  carts::CartMemory& carts;
};

/// Everything that changes orders, payments and refunds goes through one lane: commands that arrive together
/// are one transaction. No provider is ever called within it. Answers are JSON as it is kept under the
/// caller's key. Thread-safe.
class OrderService final : public payments::PaymentSink {
 public:
  OrderService(OrderParts parts, db::LaneSettings lane, Pricing pricing, OrderSettings settings);
  ~OrderService() override;

  /// A cart becomes an order: gives the Order with its secret. Fails with cart_not_found, cart_expired,
  /// cart_checked_out, cart_empty, insufficient_stock, sku_not_for_sale, unknown_provider or an error of
  /// Pricing, and changes nothing then.
  boost::asio::awaitable<Result<std::string>> check_out(CheckoutRequest request, Asked asked);

  /// What a provider says. Late, repeated and backward news change nothing; money always counts: it pays the
  /// order, or goes back by itself. Fails with payment_not_found or payment_amount_mismatch.
  boost::asio::awaitable<Result<void>> record(payments::PaymentNotice notice) override;

  /// A new attempt to pay: gives the Payment as the provider left it; a decline is no error. Fails with
  /// order_not_found, order_already_paid, order_is_cancelled, payment_in_progress, insufficient_stock (the
  /// hold has lapsed and the units are gone), payment_amount_mismatch or what the provider fails with.
  boost::asio::awaitable<Result<std::string>> pay(OrderId order, std::string method, Asked asked);

  /// Cancels an order that is not packed, after its payment at the provider; money that came goes back. Gives
  /// the Order. Fails with order_not_found, illegal_transition, or, where the provider does not close it,
  /// provider_unavailable, provider_refused or payment_amount_mismatch.
  boost::asio::awaitable<Result<std::string>> cancel(OrderId order, std::string reason, Asked asked);

  /// The money of an invoice has come. Gives the Order. Fails with order_not_found, order_already_paid or
  /// payment_not_manual.
  boost::asio::awaitable<Result<std::string>> mark_paid(OrderId order, Asked asked);

  /// Money goes back. Gives the Refund, pending; it is paid out at once where the provider can, else by and
  /// by. Fails with order_not_found, nothing_to_refund, refund_exceeds_captured, wrong_currency or
  /// restock_exceeds_shipped.
  boost::asio::awaitable<Result<std::string>> refund(OrderId order, RefundRequest request, Asked asked);

  /// Replaces the note of the staff. Gives the Order.
  boost::asio::awaitable<Result<std::string>> note(OrderId order, std::string text, Asked asked);

  boost::asio::awaitable<Result<OrderView>> read(OrderId order);
  /// One more than asked for if there are more.
  boost::asio::awaitable<std::vector<OrderView>> list(OrderQuery query);
  boost::asio::awaitable<Result<std::vector<RefundView>>> refunds(OrderId order);

  /// Frees the holds of orders whose deadline has passed, and cancels orders that nobody has paid in time,
  /// each after its payment has been cancelled at the provider; gives how many it looked at. Waits for all of
  /// them, slow providers too.
  boost::asio::awaitable<std::size_t> sweep();
  /// Asks the providers for the refunds that are due; gives how many it asked for.
  boost::asio::awaitable<std::size_t> pay_out();

  /// Does the two above every 250 ms until `stop_keeping`, side by side; what fails is logged and tried
  /// again. A hold is freed 1 s after its deadline at most, and the time beside that its provider takes to
  /// cancel its payment: one call, or three if it does not know the payment yet, of 5 s each. Where the
  /// provider fails, the hold stays, and is tried again 5 s later. Nobody waits for other providers, nor for
  /// refunds, and for others of the same provider only while 256 of them wait for its answers.
  boost::asio::awaitable<void> keep();
  void stop_keeping() { keeping_ = false; }

  /// Finishes what was accepted, then joins.
  void stop();
  [[nodiscard]] db::LaneStats stats() const;
  /// Whether a checkout that is not a repeat would fail with `overloaded` now, which then counts as refused.
  /// Thread-safe.
  [[nodiscard]] bool turns_checkouts_away() noexcept;

 private:
  struct Core;
  boost::asio::awaitable<std::vector<Payment>> payments_of(OrderId order);
  boost::asio::awaitable<Result<Payment>> make_known(Payment payment, std::string traceparent);
  boost::asio::awaitable<Result<payments::Snapshot>> confirm(Payment payment, std::string method,
                                                             std::string traceparent);
  boost::asio::awaitable<Result<payments::Snapshot>> cancel_at_provider(Payment payment);
  boost::asio::awaitable<Result<void>> cancel_open_payments(OrderId order, bool lapsing,
                                                            std::string traceparent);
  boost::asio::awaitable<void> pay_out_order(OrderId order);
  boost::asio::awaitable<void> pay_out_one(Refund refund);
  boost::asio::awaitable<bool> is_still_due(const Chore& chore);
  boost::asio::awaitable<void> lapse_or_cancel(Chore chore);
  boost::asio::awaitable<void> work_off(std::string provider);
  boost::asio::awaitable<std::vector<std::string>> queue(std::vector<Chore> chores);
  template <class Begin>
  boost::asio::awaitable<std::size_t> look_through(Begin begin);
  template <class Task>
  boost::asio::awaitable<void> repeat(const char* what, Task task);

  OrderParts parts_;
  std::unique_ptr<Core> core_;
  std::atomic<bool> keeping_{true};
};

}  // namespace shopflow::orders
