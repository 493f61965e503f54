#include "shopflow/payments/payments_api.hpp"

namespace shopflow::payments {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kNoSandbox = "The sandbox is not on offer.";

}  // namespace

PaymentsApi::PaymentsApi(SandboxProvider* sandbox, Provider* provider, PaymentSink& sink, const Clock& clock,
                         Settings settings)
    : sandbox_{sandbox} {
  if (sandbox_ != nullptr && provider != nullptr) {
    sandbox_receiver_.emplace(std::move(settings.sandbox_secrets), *provider, sink, clock);
  }
}

asio::awaitable<Result<http::Reply<WebhookReceived>>> PaymentsApi::sandbox_webhook(
    const http::Request&, http::Signed<stripe::Event, StripeSignature> event) {
  if (!sandbox_receiver_) co_return fail(errors::unknown_provider, std::string{kNoSandbox});
  auto receiving = sandbox_receiver_->receive(event.signature, event.bytes);
  auto received = co_await std::move(receiving);
  if (!received) co_return std::unexpected{std::move(received).error()};
  co_return WebhookReceived{};
}

asio::awaitable<Result<http::Reply<SandboxPayment>>> PaymentsApi::authenticate(const http::Request& request,
                                                                               AuthenticateRequest body) {
  if (sandbox_ == nullptr) co_return fail(errors::unknown_provider, std::string{kNoSandbox});
  const auto payment = request.id<PaymentId>("id");
  if (!payment) co_return std::unexpected{payment.error()};
  auto proving = sandbox_->authenticate(*payment, body.outcome == AuthenticationOutcome::succeed);
  const auto snapshot = co_await std::move(proving);
  if (!snapshot) co_return std::unexpected{snapshot.error()};
  co_return SandboxPayment{*payment, snapshot->state, snapshot->amount, snapshot->error_code};
}

}  // namespace shopflow::payments
