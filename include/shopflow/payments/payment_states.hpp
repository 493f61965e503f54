#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "shopflow/core/json_names.hpp"

namespace shopflow::payments {

/// As Stripe's PaymentIntent names them.
enum class PaymentState : std::uint8_t {
  requires_payment_method,
  requires_confirmation,
  requires_action,
  processing,
  requires_capture,
  succeeded,
  canceled,
};

}  // namespace shopflow::payments

template <>
struct shopflow::json::Names<shopflow::payments::PaymentState> {
  using enum shopflow::payments::PaymentState;
  static constexpr std::array<std::pair<shopflow::payments::PaymentState, std::string_view>, 7> values{
      {{requires_payment_method, "requires_payment_method"},
       {requires_confirmation, "requires_confirmation"},
       {requires_action, "requires_action"},
       {processing, "processing"},
       {requires_capture, "requires_capture"},
       {succeeded, "succeeded"},
       {canceled, "canceled"}}};
};
