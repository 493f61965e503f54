#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "shopflow/core/error.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/money.hpp"
#include "shopflow/payments/payment_states.hpp"

namespace shopflow::payments {

/// What a provider says of one payment at one moment.
struct Snapshot {
  std::string ref;  // the provider's identifier of its PaymentIntent
  PaymentState state = PaymentState::requires_payment_method;
  Money amount;               // what the provider thinks it is about
  std::int64_t captured = 0;  // minor units that have come
  std::optional<std::string>
      client_secret;  // with which the storefront confirms, where the provider has such a thing
  std::optional<std::string> next_action;  // where the shopper has to go (3-D Secure)
  std::optional<std::string> error_code;   // why the last attempt failed, for example card_declined
  std::optional<std::string> method;       // of the last attempt, where the provider tells it
};

/// A snapshot on its way to the order that it belongs to. `notice_id` is the provider's event when it came as
/// a webhook: it is stored in the transaction of its effect, so that a repeat has none.
struct PaymentNotice {
  PaymentId payment_id;
  OrderId order_id;
  std::string provider;
  Snapshot snapshot;
  std::optional<std::string> notice_id;
};

/// Where payment news goes; implemented by the orders room. Repeated and late news is harmless.
class PaymentSink {
 public:
  virtual ~PaymentSink() = default;
  virtual boost::asio::awaitable<Result<void>> record(PaymentNotice notice) = 0;
};

/// A payment provider. Every call that changes something carries a key of ours that is kept before the call,
/// so that it can be repeated after any failure without a second effect. Calls take at most 5 s; a provider
/// that can't be reached is Error provider_unavailable (503). Thread-safe; called from any I/O thread, never
/// within a transaction.
class Provider {
 public:
  virtual ~Provider() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;

  /// What `create` is going to say, where that is known before the call: an order's answer can be kept in the
  /// order's transaction then. Nothing where only the provider can say it.
  [[nodiscard]] virtual std::optional<Snapshot> foretell(PaymentId /*payment*/, Money /*amount*/) const {
    return std::nullopt;
  }

  /// Makes the payment known to the provider; repeated with the same payment it gives the same intent.
  virtual boost::asio::awaitable<Result<Snapshot>> create(PaymentId payment, OrderId order, Money amount) = 0;

  /// Tries to take the money with a payment method of the provider's ("pm_card_visa").
  virtual boost::asio::awaitable<Result<Snapshot>> confirm(PaymentId payment, std::string ref,
                                                           std::string method) = 0;

  /// Makes sure that no money can come any more; if it already has, the snapshot says succeeded.
  virtual boost::asio::awaitable<Result<Snapshot>> cancel(PaymentId payment, std::string ref) = 0;

  /// Gives money back; `refund` is the key.
  virtual boost::asio::awaitable<Result<std::string>> refund(RefundId refund, std::string ref,
                                                             Money amount) = 0;

  /// Asks for the present state, for payments of which nothing was heard.
  virtual boost::asio::awaitable<Result<Snapshot>> fetch(PaymentId payment, std::string ref) = 0;
};

/// The providers of this server by name; unknown names are nullptr.
class Providers {
 public:
  void add(std::shared_ptr<Provider> provider) {
    providers_.emplace(std::string{provider->name()}, std::move(provider));
  }
  [[nodiscard]] Provider* find(std::string_view name) const {
    const auto found = providers_.find(name);
    return found == providers_.end() ? nullptr : found->second.get();
  }

 private:
  std::map<std::string, std::shared_ptr<Provider>, std::less<>> providers_;
};

namespace errors {
inline constexpr ErrorCode provider_unavailable{"provider_unavailable", ErrorKind::unavailable,
                                                "The payment provider cannot be reached."};
inline constexpr ErrorCode provider_refused{"provider_refused", ErrorKind::unprocessable,
                                            "The payment provider refuses the request."};
inline constexpr ErrorCode unknown_provider{"unknown_provider", ErrorKind::unprocessable,
                                            "There is no such payment provider."};
inline constexpr ErrorCode unknown_payment_method{"unknown_payment_method", ErrorKind::unprocessable,
                                                  "The provider knows no such payment method."};
inline constexpr ErrorCode unknown_payment{"unknown_payment", ErrorKind::not_found,
                                           "There is no such payment."};
}  // namespace errors

}  // namespace shopflow::payments
