#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "shopflow/core/json_names.hpp"
#include "shopflow/core/json_shape.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/http/reply.hpp"
#include "shopflow/payments/provider.hpp"
#include "shopflow/payments/sandbox_provider.hpp"
#include "shopflow/payments/signature.hpp"
#include "shopflow/payments/stripe_event.hpp"
#include "shopflow/payments/webhook.hpp"

namespace shopflow::payments {

/// The answer to a webhook that needs no repeat.
struct WebhookReceived {
  bool received = true;
};

/// What the shopper did on the page of 3-D Secure.
enum class AuthenticationOutcome : std::uint8_t { succeed, fail };

struct AuthenticateRequest {
  AuthenticationOutcome outcome = AuthenticationOutcome::succeed;
};

/// What the sandbox says of a payment; the shop hears of it by webhook.
struct SandboxPayment {
  PaymentId payment_id;
  PaymentState status = PaymentState::requires_payment_method;
  Money amount;
  std::optional<std::string> error_code;
};

/// What providers and their pages call. All that it is given must outlive it.
class PaymentsApi {
 public:
  struct Settings {
    std::vector<std::string> sandbox_secrets;  // with which the sandbox signs, the newest first
  };

  /// `sandbox` is null where the sandbox is not on offer; its routes answer unknown_provider then. `provider`
  /// is the shop's way to it, on which it is asked about its notices.
  PaymentsApi(SandboxProvider* sandbox, Provider* provider, PaymentSink& sink, const Clock& clock,
              Settings settings);

  /// POST /v1/webhooks/sandbox; the signature is checked here.
  boost::asio::awaitable<Result<http::Reply<WebhookReceived>>> sandbox_webhook(
      const http::Request& request, http::Signed<stripe::Event, StripeSignature> event);

  /// POST /v1/sandbox/payments/{id}/authenticate; stands for the bank's own page, so anyone may.
  boost::asio::awaitable<Result<http::Reply<SandboxPayment>>> authenticate(const http::Request& request,
                                                                           AuthenticateRequest body);

 private:
  SandboxProvider* sandbox_;
  std::optional<StripeReceiver> sandbox_receiver_;
};

}  // namespace shopflow::payments

template <>
struct shopflow::json::Names<shopflow::payments::AuthenticationOutcome> {
  using enum shopflow::payments::AuthenticationOutcome;
  static constexpr std::array<std::pair<shopflow::payments::AuthenticationOutcome, std::string_view>, 2>
      values{{{succeed, "succeed"}, {fail, "fail"}}};
};

namespace shopflow::json {

template <>
struct Shape<payments::WebhookReceived> {
  static constexpr std::string_view name = "WebhookReceived";
  static constexpr auto fields = std::tuple{field("received", &payments::WebhookReceived::received,
                                                  "Always true: the event need not be repeated.")};
};

template <>
struct Shape<payments::AuthenticateRequest> {
  static constexpr std::string_view name = "AuthenticateRequest";
  static constexpr auto fields = std::tuple{
      field("outcome", &payments::AuthenticateRequest::outcome, "Whether the shopper proves who they are.")};
};

template <>
struct Shape<payments::SandboxPayment> {
  using T = payments::SandboxPayment;
  static constexpr std::string_view name = "SandboxPayment";
  static constexpr auto fields =
      std::tuple{field("payment_id", &T::payment_id, "The payment."),
                 field("status", &T::status, "Its state in the sandbox."),
                 field("amount", &T::amount, "What is to be paid."),
                 field("error_code", &T::error_code, "Why the last attempt failed.")};
};

}  // namespace shopflow::json
