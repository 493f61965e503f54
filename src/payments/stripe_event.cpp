#include "shopflow/payments/stripe_event.hpp"

#include <algorithm>
#include <array>

#include "shopflow/core/json_read.hpp"
#include "shopflow/payments/webhook.hpp"

namespace shopflow::payments {
namespace {

constexpr std::size_t kIdBytesMax = 255;
constexpr std::size_t kCodeBytesMax = 100;
constexpr std::size_t kUrlBytesMax = 2048;

/// Those that tell of a state; `created` and others say nothing that the shop does not know.
constexpr std::array<std::string_view, 6> kTypes{
    "payment_intent.succeeded",  "payment_intent.payment_failed",
    "payment_intent.processing", "payment_intent.requires_action",
    "payment_intent.canceled",   "payment_intent.amount_capturable_updated"};

std::unexpected<Error> malformed(std::string detail) {
  return fail(errors::webhook_malformed, std::move(detail));
}

/// Reads the members that the shape declares and ignores the many others that Stripe sends.
template <class T>
Result<T> read_known(const json::Document& document) {
  T out{};
  json::Reading reading{true};
  json::reading::value(document.root(), out, json::reading::Unconstrained{}, json::Path::root(), reading);
  if (!reading.failed()) return out;
  auto error = make_error(errors::webhook_malformed);
  error.fields = std::move(reading).error().fields;
  return std::unexpected{std::move(error)};
}

bool is_token(std::string_view text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::optional<Currency> read_currency(std::string text) {
  for (auto& c : text) {
    if (c < 'a' || c > 'z') return std::nullopt;
    c = static_cast<char>(c - 'a' + 'A');
  }
  return Currency::parse(text);
}

std::string published(const stripe::Failure& failure) {
  const bool particular = failure.decline_code && *failure.decline_code != "generic_decline";
  const auto& code = particular ? *failure.decline_code : failure.code;
  return is_token(code, kCodeBytesMax) ? code : "unknown";
}

Result<Snapshot> read_snapshot(const stripe::Intent& intent) {
  const auto state = json::value_of<PaymentState>(intent.status);
  const auto currency = read_currency(intent.currency);
  if (!state) return malformed("The status is unknown.");
  if (!currency) return malformed("The currency is not an ISO 4217 code in lower case.");
  if (intent.amount < 0 || intent.amount > kAmountMax) return malformed("The amount is out of range.");
  if (intent.amount_received < 0 || intent.amount_received > intent.amount) {
    return malformed("More was received than the amount, or less than nothing.");
  }
  Snapshot snapshot{.ref = intent.id,
                    .state = *state,
                    .amount = Money{intent.amount, *currency},
                    .captured = intent.amount_received};
  if (const auto& failure = intent.last_payment_error) {
    snapshot.error_code = published(*failure);
    if (failure->payment_method) snapshot.method = failure->payment_method->id;
  }
  if (intent.payment_method) snapshot.method = intent.payment_method;
  if (snapshot.method && !is_token(*snapshot.method, kIdBytesMax)) snapshot.method.reset();
  if (intent.next_action && intent.next_action->redirect_to_url) {
    const auto& url = intent.next_action->redirect_to_url->url;
    if (!is_token(url, kUrlBytesMax)) return malformed("The redirection is not a URL.");
    snapshot.next_action = url;
  }
  return snapshot;
}

}  // namespace

Result<std::optional<PaymentNotice>> read_stripe_event(std::string_view body, std::string_view provider) {
  const auto document = json::Document::parse(body);
  if (!document) return malformed(document.error().detail);
  const auto head = read_known<stripe::EventHead>(*document);
  if (!head) return std::unexpected{head.error()};
  if (!is_token(head->id, kIdBytesMax)) return malformed("The event has no usable id.");
  if (!is_token(head->type, kIdBytesMax)) return malformed("The event has no usable type.");
  if (std::ranges::find(kTypes, head->type) == kTypes.end()) return std::nullopt;

  const auto event = read_known<stripe::Event>(*document);
  if (!event) return std::unexpected{event.error()};
  const auto& intent = event->data.object;
  if (!is_token(intent.id, kIdBytesMax)) return malformed("The PaymentIntent has no usable id.");
  const auto payment_text = intent.metadata.find(std::string{stripe::kPaymentKey});
  const auto order_text = intent.metadata.find(std::string{stripe::kOrderKey});
  if (payment_text == intent.metadata.end() && order_text == intent.metadata.end()) return std::nullopt;
  if (payment_text == intent.metadata.end() || order_text == intent.metadata.end()) {
    return malformed("The metadata name a payment or an order, but not both.");
  }
  const auto payment = PaymentId::parse(payment_text->second);
  const auto order = OrderId::parse(order_text->second);
  if (!payment || !order) return malformed("The metadata name no payment and order of this shop.");
  auto snapshot = read_snapshot(intent);
  if (!snapshot) return std::unexpected{snapshot.error()};
  return PaymentNotice{.payment_id = *payment,
                       .order_id = *order,
                       .provider = std::string{provider},
                       .snapshot = std::move(*snapshot),
                       .notice_id = event->id};
}

}  // namespace shopflow::payments
