#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "shopflow/core/time.hpp"
#include "shopflow/db/lane_queue.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/payments/provider.hpp"

namespace shopflow::payments {

namespace sandbox {
struct Outcome;
}

struct SandboxSettings {
  db::LaneSettings lane;                       // of the sandbox's own books
  std::string key;                             // client secrets are derived from it
  std::chrono::milliseconds processing{2000};  // how long a bank debit takes
};

/// An imitation of Stripe's PaymentIntents inside of the process, for tests and demonstrations: its payment
/// methods are Stripe's test names (pm_card_visa, pm_card_chargeDeclined, pm_card_threeDSecure2Required,
/// pm_usBankAccount_success …). Its books are in PostgreSQL, in tables that no other room reads, and are
/// written by a lane, so that it survives kills and keeps up with the shop. Everything that happens is also
/// told by a webhook, which the SandboxCourier delivers. Thread-safe.
class SandboxProvider final : public Provider {
 public:
  SandboxProvider(SandboxSettings settings, db::Pool& pool, const Clock& clock);
  ~SandboxProvider() override;

  [[nodiscard]] std::string_view name() const override { return "sandbox"; }

  /// Reference and client secret follow from the payment's identifier and the key.
  [[nodiscard]] std::optional<Snapshot> foretell(PaymentId payment, Money amount) const override;

  /// provider_refused if the payment is known with another order or amount.
  boost::asio::awaitable<Result<Snapshot>> create(PaymentId payment, OrderId order, Money amount) override;

  /// A decline is no error: the snapshot is requires_payment_method with an error_code.
  /// unknown_payment_method (422), illegal_transition (409) for a payment that is on its way or over; the
  /// same method repeated gives what has become of it.
  boost::asio::awaitable<Result<Snapshot>> confirm(PaymentId payment, std::string ref,
                                                   std::string method) override;

  boost::asio::awaitable<Result<Snapshot>> cancel(PaymentId payment, std::string ref) override;

  /// provider_refused beyond what is left to give back.
  boost::asio::awaitable<Result<std::string>> refund(RefundId refund, std::string ref, Money amount) override;

  boost::asio::awaitable<Result<Snapshot>> fetch(PaymentId payment, std::string ref) override;

  /// What a shopper does on the 3-D Secure page. unknown_payment (404), illegal_transition (409) if the
  /// payment waits for no authentication.
  boost::asio::awaitable<Result<Snapshot>> authenticate(PaymentId payment, bool proven);

  /// Decides the bank debits whose time has come; gives how many.
  boost::asio::awaitable<std::size_t> settle_due();

  /// `wake` is called after each commit that left something to deliver or to settle, on a database thread; it
  /// may not throw or block. Empty: nobody listens.
  void on_news(std::function<void()> wake);

  /// Finishes what was accepted, then joins; later calls fail with database_unavailable.
  void stop();
  [[nodiscard]] db::LaneStats stats() const;

 private:
  struct Desk;
  [[nodiscard]] Snapshot with_secret(Snapshot snapshot) const;
  [[nodiscard]] Result<Snapshot> answer(Result<sandbox::Outcome> outcome) const;

  SandboxSettings settings_;
  db::Pool& pool_;
  const Clock& clock_;
  std::unique_ptr<Desk> desk_;
};

}  // namespace shopflow::payments
