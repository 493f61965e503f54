#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/ids.hpp"
#include "shopflow/core/money.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/events/types.hpp"
#include "shopflow/orders/order_states.hpp"
#include "shopflow/payments/payment_states.hpp"

namespace shopflow::orders {

/// One SKU of an order, as it was when it was ordered. Amounts in minor units of the order's currency.
struct OrderLine {
  SkuId sku_id;
  std::string code;
  std::string name;
  std::int32_t quantity = 0;
  std::int64_t price = 0;    // of one unit, net
  std::int64_t tax = 0;      // of the whole line
  std::int64_t total = 0;    // quantity x price, net
  std::int32_t shipped = 0;  // units that have left the house
};

/// What the money of an order looks like: nothing came, all that is due is here, some or all went back.
enum class PaymentStatus : std::uint8_t { unpaid, paid, partially_refunded, refunded };

/// An order as its row holds it. Addresses are the JSON text of Address. `version` counts writes of the row,
/// `event_sequence` its events.
struct Order {
  OrderId id;
  std::int64_t number = 0;  // for people; given when the row is inserted
  CartId cart_id;
  OrderState state = OrderState::pending_payment;
  std::int32_t version = 0;
  std::int32_t event_sequence = 0;
  std::string email;
  std::string shipping_address;
  std::optional<std::string> billing_address;
  std::string shipping_method;
  Currency currency;
  std::int64_t subtotal = 0;
  std::int64_t shipping = 0;
  std::int64_t tax = 0;
  std::int64_t total = 0;
  std::int64_t captured = 0;
  std::int64_t refunded = 0;
  std::optional<std::string> cancel_reason;
  std::optional<std::string> note;
  std::vector<OrderLine> lines;
  Timestamp created_at;
  Timestamp updated_at;

  [[nodiscard]] PaymentStatus payment_status() const;
};

/// One try to pay an order. `surplus`: money that came although the order had no use for it (it was cancelled
/// or paid already); it goes back in full and no PaymentReceived tells of it.
struct Payment {
  PaymentId id;
  OrderId order_id;
  std::string provider;
  payments::PaymentState state = payments::PaymentState::requires_payment_method;
  std::int32_t version = 0;
  Money amount;
  std::int64_t captured = 0;
  std::int64_t refunded = 0;
  bool surplus = false;
  std::optional<std::string> provider_ref;
  std::optional<std::string> method;
  std::optional<std::string> next_action;
  std::optional<std::string> error_code;
  std::optional<std::string> attempt;  // which request last tried it; see NewAttempt
  Timestamp created_at;
  Timestamp updated_at;
};

enum class RefundState : std::uint8_t { pending, succeeded, failed };

/// Money on its way back. Its id is the key under which the provider is asked.
struct Refund {
  RefundId id;
  OrderId order_id;
  PaymentId payment_id;
  RefundState state = RefundState::pending;
  Money amount;
  std::string reason;
  std::vector<events::Units> restock;
  std::optional<std::string> provider_ref;
  std::int32_t attempts = 0;
  std::optional<Timestamp> next_attempt_at;
  std::optional<std::string> last_error;
  Timestamp created_at;
  Timestamp updated_at;
};

}  // namespace shopflow::orders

template <>
struct shopflow::json::Names<shopflow::orders::PaymentStatus> {
  using enum shopflow::orders::PaymentStatus;
  static constexpr std::array<std::pair<shopflow::orders::PaymentStatus, std::string_view>, 4> values{
      {{unpaid, "unpaid"},
       {paid, "paid"},
       {partially_refunded, "partially_refunded"},
       {refunded, "refunded"}}};
};

template <>
struct shopflow::json::Names<shopflow::orders::RefundState> {
  using enum shopflow::orders::RefundState;
  static constexpr std::array<std::pair<shopflow::orders::RefundState, std::string_view>, 3> values{
      {{pending, "pending"}, {succeeded, "succeeded"}, {failed, "failed"}}};
};
