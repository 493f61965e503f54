#pragma once

#include <string_view>

#include "shopflow/payments/provider.hpp"

namespace shopflow::payments {

/// The name of the provider below, by which an invoice is told from other payments.
inline constexpr std::string_view kManual = "manual";

/// Invoice and cash on delivery: no machine hears of the money, so a payment waits in requires_confirmation
/// until an admin marks it as paid (the orders room does). It keeps no books and calls nobody: its reference
/// `manual_<payment>_<amount>_<currency>` says everything that it knows. Thread-safe.
class ManualProvider final : public Provider {
 public:
  [[nodiscard]] std::string_view name() const override { return kManual; }

  [[nodiscard]] std::optional<Snapshot> foretell(PaymentId payment, Money amount) const override;

  boost::asio::awaitable<Result<Snapshot>> create(PaymentId payment, OrderId order, Money amount) override;

  /// Always unknown_payment_method: no shopper can confirm that an invoice is paid.
  boost::asio::awaitable<Result<Snapshot>> confirm(PaymentId payment, std::string ref,
                                                   std::string method) override;

  /// Always canceled: whether the money has come is known to the orders room alone.
  boost::asio::awaitable<Result<Snapshot>> cancel(PaymentId payment, std::string ref) override;

  /// Done at once, as `manual_<refund>`: a person gives the money back.
  boost::asio::awaitable<Result<std::string>> refund(RefundId refund, std::string ref, Money amount) override;

  /// Always requires_confirmation, which supersedes neither a payment marked as paid nor a cancelled one.
  boost::asio::awaitable<Result<Snapshot>> fetch(PaymentId payment, std::string ref) override;
};

}  // namespace shopflow::payments
