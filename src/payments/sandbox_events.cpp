#include <algorithm>

#include "payments/sandbox_books.hpp"
#include "payments/sandbox_methods.hpp"
#include "shopflow/core/json_write.hpp"
#include "shopflow/payments/stripe_event.hpp"

namespace shopflow::payments::sandbox {
namespace {

std::string type_of(PaymentState state) {
  switch (state) {
    case PaymentState::requires_payment_method:
      return "payment_intent.payment_failed";
    case PaymentState::requires_capture:
      return "payment_intent.amount_capturable_updated";
    case PaymentState::requires_confirmation:
      break;
    case PaymentState::requires_action:
    case PaymentState::processing:
    case PaymentState::succeeded:
    case PaymentState::canceled:
      return "payment_intent." + std::string{json::name_of(state)};
  }
  return "payment_intent.created";
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
  return out;
}

stripe::Intent object_of(const Intent& intent) {
  const auto snapshot = snapshot_of(intent);
  stripe::Intent object{.id = intent.ref,
                        .object = "payment_intent",
                        .amount = intent.amount.amount,
                        .amount_received = snapshot.captured,
                        .currency = lower(intent.amount.currency.str()),
                        .status = std::string{json::name_of(intent.state)}};
  object.metadata.emplace(stripe::kPaymentKey, intent.payment_id.str());
  object.metadata.emplace(stripe::kOrderKey, intent.order_id.str());
  const auto* failure = intent.error_code ? find_failure(*intent.error_code) : nullptr;
  if (failure != nullptr) {
    auto& error = object.last_payment_error.emplace();
    error.code = failure->code;
    if (!failure->decline_code.empty()) error.decline_code = std::string{failure->decline_code};
    error.message = failure->message;
    if (intent.method) error.payment_method.emplace().id = *intent.method;
  } else {
    object.payment_method = intent.method;
  }
  if (snapshot.next_action) {
    auto& action = object.next_action.emplace();
    action.type = "redirect_to_url";
    action.redirect_to_url.emplace().url = *snapshot.next_action;
  }
  return object;
}

}  // namespace

std::string authentication_url(PaymentId payment) {
  return "/v1/sandbox/payments/" + payment.str() + "/authenticate";
}

Snapshot snapshot_of(const Intent& intent) {
  Snapshot snapshot{.ref = intent.ref, .state = intent.state, .amount = intent.amount};
  if (intent.state == PaymentState::succeeded) snapshot.captured = intent.amount.amount;
  if (intent.state == PaymentState::requires_action) {
    snapshot.next_action = authentication_url(intent.payment_id);
  }
  snapshot.error_code = intent.error_code;
  snapshot.method = intent.method;
  return snapshot;
}

OutgoingWebhook webhook_of(const Intent& intent, Timestamp now) {
  stripe::Event event{.id = EventId::make(now).str(),
                      .object = "event",
                      .type = type_of(intent.state),
                      .created = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count()};
  event.data.object = object_of(intent);
  return {event.id, json::to_json(event)};
}

}  // namespace shopflow::payments::sandbox
