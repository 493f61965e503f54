#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "shopflow/payments/provider.hpp"

namespace shopflow::orders {

/// A provider that does at once what the name of the payment method says, can be out of reach, and counts
/// what it was asked for.
class FakeProvider final : public payments::Provider {
 public:
  using Snapshot = payments::Snapshot;
  using State = payments::PaymentState;

  explicit FakeProvider(std::string name = "sandbox") : name_{std::move(name)} {}

  [[nodiscard]] std::string_view name() const override { return name_; }

  [[nodiscard]] std::optional<Snapshot> foretell(PaymentId payment, Money amount) const override {
    if (!foretells) return std::nullopt;
    return fresh(payment, amount);
  }

  boost::asio::awaitable<Result<Snapshot>> create(PaymentId payment, OrderId, Money amount) override {
    if (before_create) co_await before_create();
    const std::lock_guard lock{mutex_};
    ++created;
    if (down) co_return fail(payments::errors::provider_unavailable);
    co_return intents_.try_emplace("pi_" + payment.str(), fresh(payment, amount)).first->second;
  }

  boost::asio::awaitable<Result<Snapshot>> confirm(PaymentId, std::string ref, std::string method) override {
    const std::lock_guard lock{mutex_};
    if (down) co_return fail(payments::errors::provider_unavailable);
    const auto found = intents_.find(ref);
    if (found == intents_.end()) co_return fail(payments::errors::provider_refused);
    auto& intent = found->second;
    if (intent.state == State::succeeded) co_return intent;
    intent.error_code.reset();
    intent.method = method;
    intent.next_action.reset();
    if (method == "pm_card_visa") {
      pay(intent);
    } else if (method == "pm_declined") {
      intent.state = State::requires_payment_method;
      intent.error_code = "card_declined";
    } else if (method == "pm_bank") {
      intent.state = State::processing;
    } else if (method == "pm_3ds") {
      intent.state = State::requires_action;
      intent.next_action = "https://bank.example/3ds";
    } else {
      co_return fail(payments::errors::unknown_payment_method, method);
    }
    if (std::exchange(lose_next_answer, false)) co_return fail(payments::errors::provider_unavailable);
    co_return intent;
  }

  boost::asio::awaitable<Result<Snapshot>> cancel(PaymentId, std::string ref) override {
    if (before_cancel) co_await before_cancel(ref);
    const std::lock_guard lock{mutex_};
    if (down) co_return fail(payments::errors::provider_unavailable);
    const auto found = intents_.find(ref);
    if (found == intents_.end()) co_return fail(payments::errors::provider_refused);
    if (found->second.state != State::succeeded) found->second.state = State::canceled;
    co_return found->second;
  }

  boost::asio::awaitable<Result<std::string>> refund(RefundId refund, std::string ref,
                                                     Money amount) override {
    if (before_refund) co_await before_refund();
    const std::lock_guard lock{mutex_};
    ++refund_calls;
    if (down) co_return fail(payments::errors::provider_unavailable);
    if (refuses_refunds) co_return fail(payments::errors::provider_refused);
    if (refunds_.emplace(refund.str(), amount.amount).second) given_back[ref] += amount.amount;
    co_return "re_" + refund.str();
  }

  boost::asio::awaitable<Result<Snapshot>> fetch(PaymentId, std::string ref) override {
    const std::lock_guard lock{mutex_};
    co_return intents_.at(ref);
  }

  /// The shopper pays behind our back, for example on the bank's page.
  Snapshot pay_outside(const std::string& ref) {
    const std::lock_guard lock{mutex_};
    auto& intent = intents_.at(ref);
    pay(intent);
    return intent;
  }

  std::map<std::string, std::int64_t> given_back;  // by payment
  int refund_calls = 0;
  int created = 0;                                                                // that it was told of
  std::function<boost::asio::awaitable<void>()> before_create;                    // what it does first
  std::function<boost::asio::awaitable<void>(const std::string&)> before_cancel;  // of this payment
  std::function<boost::asio::awaitable<void>()> before_refund;
  bool down = false;
  bool lose_next_answer = false;  // the payment is made, but nobody hears of it
  bool refuses_refunds = false;
  bool foretells = true;

 private:
  static Snapshot fresh(PaymentId payment, Money amount) {
    return {.ref = "pi_" + payment.str(), .amount = amount, .client_secret = "secret of " + payment.str()};
  }
  static void pay(Snapshot& intent) {
    intent.state = State::succeeded;
    intent.captured = intent.amount.amount;
  }

  std::string name_;
  std::mutex mutex_;
  std::map<std::string, Snapshot> intents_;
  std::map<std::string, std::int64_t> refunds_;
};

}  // namespace shopflow::orders
