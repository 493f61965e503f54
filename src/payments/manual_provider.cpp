#include "shopflow/payments/manual_provider.hpp"

#include <fmt/format.h>

#include <charconv>

namespace shopflow::payments {
namespace {

namespace asio = boost::asio;

std::string ref_of(PaymentId payment, Money amount) {
  return fmt::format("manual_{}_{}_{}", encode_uuid(payment.value), amount.amount, amount.currency.str());
}

/// The reference read back; provider_refused for one that this provider never gave to this payment.
Result<Money> amount_of(PaymentId payment, std::string_view ref) {
  const auto head = fmt::format("manual_{}_", encode_uuid(payment.value));
  std::int64_t amount = 0;
  if (ref.starts_with(head)) {
    const auto tail = ref.substr(head.size());
    const auto [end, error] = std::from_chars(tail.data(), tail.data() + tail.size(), amount);
    const auto rest = tail.substr(static_cast<std::size_t>(end - tail.data()));
    const auto currency = rest.starts_with('_') ? Currency::parse(rest.substr(1)) : std::nullopt;
    if (error == std::errc{} && currency) return Money{amount, *currency};
  }
  return fail(errors::provider_refused, "The reference is not that of the payment.");
}

Result<Snapshot> snapshot(PaymentId payment, std::string ref, PaymentState state) {
  const auto amount = amount_of(payment, ref);
  if (!amount) return std::unexpected{amount.error()};
  return Snapshot{.ref = std::move(ref), .state = state, .amount = *amount};
}

}  // namespace

std::optional<Snapshot> ManualProvider::foretell(PaymentId payment, Money amount) const {
  return Snapshot{
      .ref = ref_of(payment, amount), .state = PaymentState::requires_confirmation, .amount = amount};
}

asio::awaitable<Result<Snapshot>> ManualProvider::create(PaymentId payment, OrderId, Money amount) {
  co_return snapshot(payment, ref_of(payment, amount), PaymentState::requires_confirmation);
}

asio::awaitable<Result<Snapshot>> ManualProvider::confirm(PaymentId, std::string, std::string) {
  co_return fail(errors::unknown_payment_method,
                 "An invoice is not confirmed by the shopper; the shop marks it as paid.");
}

asio::awaitable<Result<Snapshot>> ManualProvider::cancel(PaymentId payment, std::string ref) {
  co_return snapshot(payment, std::move(ref), PaymentState::canceled);
}

asio::awaitable<Result<std::string>> ManualProvider::refund(RefundId refund, std::string, Money) {
  co_return "manual_" + refund.str();
}

asio::awaitable<Result<Snapshot>> ManualProvider::fetch(PaymentId payment, std::string ref) {
  co_return snapshot(payment, std::move(ref), PaymentState::requires_confirmation);
}

}  // namespace shopflow::payments
