#include <fmt/format.h>

#include "orders/core.hpp"
#include "orders/order_repository.hpp"
#include "shopflow/core/failpoint.hpp"
#include "shopflow/payments/manual_provider.hpp"

/// What the service does at the providers: always between two transactions, never within one.
namespace shopflow::orders {
namespace {

namespace asio = boost::asio;
using payments::Snapshot;

bool is_unknown_there(const Result<Snapshot>& said) {
  return !said && said.error().code == payments::errors::provider_refused.code;
}

payments::PaymentNotice notice_of(const Payment& payment, Snapshot snapshot) {
  return {payment.id, payment.order_id, payment.provider, std::move(snapshot), {}};
}

/// What the books say of a payment that has succeeded.
Snapshot snapshot_of(const Payment& payment) {
  return {.ref = payment.provider_ref.value_or(""),
          .state = payment.state,
          .amount = payment.amount,
          .captured = payment.captured};
}

/// What a request is known by when it comes again: its key, and enough of its fingerprint that another
/// request under the same key is not taken for it.
std::optional<std::string> attempt_of(const Asked& asked) {
  if (!asked.receipt) return std::nullopt;
  std::string text = asked.receipt->key;
  for (std::size_t i = 0; i < 8; ++i) text += fmt::format(":{:02x}", asked.receipt->fingerprint.at(i));
  return text;
}

std::unexpected<Error> no_provider(const Payment& payment) {
  return fail(payments::errors::provider_unavailable, payment.provider + " is not set up.");
}

}  // namespace

asio::awaitable<Result<Payment>> OrderService::make_known(Payment payment, std::string traceparent) {
  auto* provider = parts_.providers.find(payment.provider);
  if (provider == nullptr) co_return no_provider(payment);
  failpoint("provider", "before_create");
  auto said = co_await provider->create(payment.id, payment.order_id, payment.amount);
  failpoint("provider", "created");
  if (!said) co_return std::unexpected{std::move(said).error()};
  if (!payment.provider_ref) {
    payment.provider_ref = said->ref;
    NamePayment command{payment.order_id, payment.id, said->ref};
    auto named = co_await core_->submit(std::move(command), std::move(traceparent));
    if (!named) co_return std::unexpected{std::move(named).error()};
  }
  co_return payment;
}

asio::awaitable<Result<Snapshot>> OrderService::confirm(Payment payment, std::string method,
                                                        std::string traceparent) {
  auto* provider = parts_.providers.find(payment.provider);
  if (provider == nullptr) co_return no_provider(payment);
  if (payment.provider_ref) {
    auto said = co_await provider->confirm(payment.id, *payment.provider_ref, method);
    if (!is_unknown_there(said)) co_return said;
  }
  auto known = co_await make_known(std::move(payment), std::move(traceparent));
  if (!known) co_return std::unexpected{std::move(known).error()};
  co_return co_await provider->confirm(known->id, *known->provider_ref, std::move(method));
}

asio::awaitable<Result<Snapshot>> OrderService::cancel_at_provider(Payment payment) {
  auto* provider = parts_.providers.find(payment.provider);
  if (provider == nullptr) co_return no_provider(payment);
  if (payment.provider_ref) {
    auto said = co_await provider->cancel(payment.id, *payment.provider_ref);
    if (!is_unknown_there(said)) co_return said;
  }
  // A payment that the provider has not heard of could still be made known by a call that is under way, so
  // it is made known here and then closed.
  auto known = co_await provider->create(payment.id, payment.order_id, payment.amount);
  if (!known) co_return std::unexpected{std::move(known).error()};
  co_return co_await provider->cancel(payment.id, known->ref);
}

asio::awaitable<Result<void>> OrderService::cancel_open_payments(OrderId order, bool lapsing,
                                                                 std::string traceparent) {
  auto open = co_await payments_of(order);
  for (auto& payment : open) {
    // Only the staff hears of an invoice's money, so no machine can stop it, and it may come late.
    if (payments::is_final(payment.state) || (lapsing && payment.provider == payments::kManual)) continue;
    failpoint("provider", "before_cancel");
    auto said = co_await cancel_at_provider(payment);
    failpoint("provider", "cancelled");
    if (!said) co_return std::unexpected{std::move(said).error()};
    RecordPayment command{notice_of(payment, std::move(*said)), {}};
    auto recorded = co_await core_->submit(std::move(command), traceparent);
    if (!recorded) co_return std::unexpected{std::move(recorded).error()};
  }
  co_return Result<void>{};
}

asio::awaitable<Result<std::string>> OrderService::pay(OrderId order, std::string method, Asked asked) {
  NewAttempt attempt{order, PaymentId::make(parts_.clock.now()), attempt_of(asked)};
  auto begun = co_await core_->submit(std::move(attempt), asked.traceparent);
  if (!begun) co_return std::unexpected{std::move(begun).error()};
  const auto payment = begun->payment.value();
  failpoint("payment", "begun");
  if (payment.state == payments::PaymentState::succeeded) {
    // This very request has paid before, and its answer was lost: nothing is left to do but to give it.
    RecordPayment told{notice_of(payment, snapshot_of(payment)), std::move(method)};
    co_return co_await core_->answer(std::move(told), std::move(asked), Answer::payment);
  }
  auto said = co_await confirm(payment, method, asked.traceparent);
  failpoint("payment", "confirmed");
  if (!said) co_return std::unexpected{std::move(said).error()};
  RecordPayment command{notice_of(payment, std::move(*said)), std::move(method)};
  co_return co_await core_->answer(std::move(command), std::move(asked), Answer::payment);
}

asio::awaitable<Result<std::string>> OrderService::cancel(OrderId order, std::string reason, Asked asked) {
  const auto look = [order](db::Transaction& tx) { return read_order(tx, order); };
  const auto found = co_await parts_.pool.read(look);
  if (!found) co_return fail(errors::order_not_found, order.str());
  if (found->state == OrderState::pending_payment) {
    auto closed = co_await cancel_open_payments(order, false, asked.traceparent);
    if (!closed) co_return std::unexpected{std::move(closed).error()};
  }
  Cancel command{order, std::move(reason)};
  auto answer = co_await core_->answer(std::move(command), std::move(asked), Answer::order);
  failpoint("refund", "before_pay_out");
  if (answer) co_await pay_out_order(order);
  failpoint("refund", "paid_out");
  co_return answer;
}

asio::awaitable<Result<std::string>> OrderService::mark_paid(OrderId order, Asked asked) {
  MarkPaid command{order};
  co_return co_await core_->answer(std::move(command), std::move(asked), Answer::order);
}

asio::awaitable<Result<std::string>> OrderService::refund(OrderId order, RefundRequest request, Asked asked) {
  RequestRefund command{order, RefundId::make(parts_.clock.now()), std::move(request)};
  auto answer = co_await core_->answer(std::move(command), std::move(asked), Answer::refund);
  failpoint("refund", "before_pay_out");
  if (answer) co_await pay_out_order(order);
  failpoint("refund", "paid_out");
  co_return answer;
}

}  // namespace shopflow::orders
