#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "shopflow/core/json_constraints.hpp"
#include "shopflow/core/json_shape.hpp"

/// The part of Stripe's event (https://docs.stripe.com/api/events/object) that the shop writes as the sandbox
/// and reads as the receiver, declared once for both.
namespace shopflow::payments::stripe {

struct FailedMethod {
  std::string id;
};

struct Failure {
  std::string code;
  std::optional<std::string> decline_code;
  std::string message;
  std::optional<FailedMethod> payment_method;
};

struct Redirect {
  std::string url;
};

struct NextAction {
  std::string type;
  std::optional<Redirect> redirect_to_url;
};

/// amounts in minor units, the currency in lower case, the status one of PaymentState's names.
struct Intent {
  std::string id;
  std::string object;
  std::int64_t amount = 0;
  std::int64_t amount_received = 0;
  std::string currency;
  std::string status;
  std::optional<std::string>
      payment_method;  // of the attempt that stands; of one that failed its error tells
  std::map<std::string, std::string> metadata;
  std::optional<Failure> last_payment_error;
  std::optional<NextAction> next_action;
};

struct EventData {
  Intent object;
};

struct Event {
  std::string id;
  std::string object;
  std::string type;
  std::int64_t created = 0;  // Unix seconds
  EventData data;
};

/// What can be read of an event of any type.
struct EventHead {
  std::string id;
  std::string type;
};

inline constexpr std::string_view kPaymentKey = "payment_id";  // of our metadata
inline constexpr std::string_view kOrderKey = "order_id";

}  // namespace shopflow::payments::stripe

namespace shopflow::json {

template <>
struct Shape<payments::stripe::FailedMethod> {
  static constexpr std::string_view name = "StripeFailedMethod";
  static constexpr bool is_open = true;
  static constexpr auto fields =
      std::tuple{field("id", &payments::stripe::FailedMethod::id, "The payment method.")};
};

template <>
struct Shape<payments::stripe::Failure> {
  using T = payments::stripe::Failure;
  static constexpr std::string_view name = "StripePaymentError";
  static constexpr bool is_open = true;
  static constexpr auto fields =
      std::tuple{field("code", &T::code, "Why the attempt failed."),
                 field("decline_code", &T::decline_code, "The reason that the bank gave."),
                 field("message", &T::message, "A sentence for people."),
                 field("payment_method", &T::payment_method, "With what was tried.")};
};

template <>
struct Shape<payments::stripe::Redirect> {
  static constexpr std::string_view name = "StripeRedirect";
  static constexpr bool is_open = true;
  static constexpr auto fields =
      std::tuple{field("url", &payments::stripe::Redirect::url, "Where the shopper has to go.")};
};

template <>
struct Shape<payments::stripe::NextAction> {
  using T = payments::stripe::NextAction;
  static constexpr std::string_view name = "StripeNextAction";
  static constexpr bool is_open = true;
  static constexpr auto fields =
      std::tuple{field("type", &T::type, "What the shopper has to do."),
                 field("redirect_to_url", &T::redirect_to_url, "Where, for the type of the same name.")};
};

template <>
struct Shape<payments::stripe::Intent> {
  using T = payments::stripe::Intent;
  static constexpr std::string_view name = "StripePaymentIntent";
  static constexpr bool is_open = true;
  static constexpr auto fields =
      std::tuple{field("id", &T::id, "The PaymentIntent."),
                 field("object", &T::object, "Always payment_intent.", or_default()),
                 field("amount", &T::amount, "What is to be paid, in minor units."),
                 field("amount_received", &T::amount_received, "What has come, in minor units."),
                 field("currency", &T::currency, "ISO 4217 in lower case."),
                 field("status", &T::status, "The state of the PaymentIntent."),
                 field("payment_method", &T::payment_method, "With what is tried."),
                 field("metadata", &T::metadata, "What the shop attached."),
                 field("last_payment_error", &T::last_payment_error, "Why the last attempt failed."),
                 field("next_action", &T::next_action, "What the shopper has to do.")};
};

template <>
struct Shape<payments::stripe::EventData> {
  static constexpr std::string_view name = "StripeEventData";
  static constexpr bool is_open = true;
  static constexpr auto fields =
      std::tuple{field("object", &payments::stripe::EventData::object, "What the event is about.")};
};

template <>
struct Shape<payments::stripe::Event> {
  using T = payments::stripe::Event;
  static constexpr std::string_view name = "StripeEvent";
  static constexpr bool is_open = true;
  static constexpr auto fields = std::tuple{field("id", &T::id, "The event."),
                                            field("object", &T::object, "Always event.", or_default()),
                                            field("type", &T::type, "What has happened."),
                                            field("created", &T::created, "Unix seconds.", or_default()),
                                            field("data", &T::data, "What it is about.")};
};

template <>
struct Shape<payments::stripe::EventHead> {
  using T = payments::stripe::EventHead;
  static constexpr std::string_view name = "StripeEventHead";
  static constexpr auto fields =
      std::tuple{field("id", &T::id, "The event."), field("type", &T::type, "What has happened.")};
};

}  // namespace shopflow::json
