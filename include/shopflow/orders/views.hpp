#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "shopflow/core/json.hpp"
#include "shopflow/events/shapes.hpp"
#include "shopflow/orders/types.hpp"

/// What the API says of orders.
namespace shopflow::orders {

struct Address {
  std::string name;
  std::string line1;
  std::optional<std::string> line2;
  std::string city;
  std::optional<std::string> postal_code;
  std::optional<std::string> region;
  std::string country;
  std::optional<std::string> phone;
};

struct OrderLineView {
  SkuId sku_id;
  std::string code;
  std::string name;
  std::int32_t quantity = 0;
  Money price;
  Money total;
  Money tax;
  std::int32_t shipped = 0;
};

struct PaymentView {
  PaymentId id;
  std::string provider;
  payments::PaymentState state = payments::PaymentState::requires_payment_method;
  Money amount;
  Money captured;
  Money refunded;
  std::optional<std::string> method;
  std::optional<std::string> next_action;
  std::optional<std::string> error;
  std::optional<std::string> client_secret;
  Timestamp created_at;
};

struct OrderView {
  OrderId id;
  std::int64_t number = 0;
  CartId cart_id;
  OrderState state = OrderState::pending_payment;
  PaymentStatus payment_status = PaymentStatus::unpaid;
  std::string email;
  Address shipping_address;
  std::optional<Address> billing_address;
  std::string shipping_method;
  std::vector<OrderLineView> lines;
  Money subtotal;
  Money shipping;
  Money tax;
  Money total;
  Money captured;
  Money refunded;
  std::optional<std::string> cancel_reason;
  std::optional<PaymentView> payment;
  std::optional<std::string> secret;
  std::optional<std::string> note;
  Timestamp created_at;
  Timestamp updated_at;
};

struct RefundView {
  RefundId id;
  OrderId order_id;
  PaymentId payment_id;
  RefundState state = RefundState::pending;
  Money amount;
  std::string reason;
  std::vector<events::Units> restock;
  std::int32_t attempts = 0;
  std::optional<std::string> error;
  Timestamp created_at;
  Timestamp updated_at;
};

[[nodiscard]] PaymentView view_of(const Payment& payment);
[[nodiscard]] RefundView view_of(const Refund& refund);
/// `current`: the payment that speaks for the order, nullptr for none. Leaves out secret and note.
[[nodiscard]] OrderView view_of(const Order& order, const Payment* current);

/// The payment that speaks for the order: the one that paid it, else the youngest; nullptr if there is none.
/// One of those in `payments`, of each of which `payment_of` gives the payment.
template <class Payments, class Projection = std::identity>
[[nodiscard]] const Payment* current_payment(const Payments& payments, Projection payment_of = {}) {
  const Payment* current = nullptr;
  for (const auto& entry : payments) {
    const Payment& payment = std::invoke(payment_of, entry);
    if (payment.captured > 0 && !payment.surplus) return &payment;
    if (current == nullptr || current->id < payment.id) current = &payment;
  }
  return current;
}

}  // namespace shopflow::orders

namespace shopflow::json {

template <>
struct Shape<orders::Address> {
  using T = orders::Address;
  static constexpr std::string_view name = "Address";
  static constexpr auto fields = std::tuple{
      field("name", &T::name, "Who lives or works there.", length(1, 200), single_line()),
      field("line1", &T::line1, "Street and number.", length(1, 200), single_line()),
      field("line2", &T::line2, "Floor, company, the like.", length(1, 200), single_line()),
      field("city", &T::city, "Town.", length(1, 100), single_line()),
      field("postal_code", &T::postal_code, "Where the country has them.", length(1, 20), single_line()),
      field("region", &T::region, "State or province.", length(1, 100), single_line()),
      field("country", &T::country, "ISO 3166-1 alpha-2.", country()),
      field("phone", &T::phone, "For the carrier.", length(3, 30), single_line())};
};

template <>
struct Shape<orders::OrderLineView> {
  using T = orders::OrderLineView;
  static constexpr std::string_view name = "OrderLine";
  static constexpr auto fields = std::tuple{field("sku_id", &T::sku_id, "The SKU."),
                                            field("code", &T::code, "Its code when it was ordered."),
                                            field("name", &T::name, "Its name when it was ordered."),
                                            field("quantity", &T::quantity, "Units ordered."),
                                            field("price", &T::price, "Of one unit, net."),
                                            field("total", &T::total, "Of the line, net."),
                                            field("tax", &T::tax, "On the line."),
                                            field("shipped", &T::shipped, "Units that have left.")};
};

template <>
struct Shape<orders::PaymentView> {
  using T = orders::PaymentView;
  static constexpr std::string_view name = "Payment";
  static constexpr auto fields = std::tuple{
      field("id", &T::id, "The payment."),
      field("provider", &T::provider, "Who takes the money."),
      field("state", &T::state, "As Stripe's PaymentIntent names it."),
      field("amount", &T::amount, "What is to be paid."),
      field("captured", &T::captured, "What has come."),
      field("refunded", &T::refunded, "What has gone back."),
      field("method", &T::method, "The payment method of the last attempt."),
      field("next_action", &T::next_action, "Where the shopper has to go, while it is requires_action."),
      field("error", &T::error, "Why the last attempt failed, for example card_declined."),
      field("client_secret", &T::client_secret, "With which a storefront confirms at the provider."),
      field("created_at", &T::created_at, "When it was made.")};
};

template <>
struct Shape<orders::OrderView> {
  using T = orders::OrderView;
  static constexpr std::string_view name = "Order";
  static constexpr auto fields =
      std::tuple{field("id", &T::id, "The order."),
                 field("number", &T::number, "Its number, for people."),
                 field("cart_id", &T::cart_id, "The cart that it was."),
                 field("state", &T::state, "How far it has come."),
                 field("payment_status", &T::payment_status, "What its money looks like."),
                 field("email", &T::email, "Where its mails go."),
                 field("shipping_address", &T::shipping_address, "Where it goes."),
                 field("billing_address", &T::billing_address, "Where the bill goes, if elsewhere."),
                 field("shipping_method", &T::shipping_method, "How it is shipped."),
                 field("lines", &T::lines, "What was ordered."),
                 field("subtotal", &T::subtotal, "Of the lines, net."),
                 field("shipping", &T::shipping, "Of shipping, net."),
                 field("tax", &T::tax, "On lines and shipping."),
                 field("total", &T::total, "What is to be paid."),
                 field("captured", &T::captured, "What has come."),
                 field("refunded", &T::refunded, "What has gone back."),
                 field("cancel_reason", &T::cancel_reason, "Why it was cancelled."),
                 field("payment", &T::payment, "The payment that counts, or the latest."),
                 field("secret", &T::secret, "By which the order is known to be yours; only at checkout."),
                 field("note", &T::note, "Of the staff, for the staff."),
                 field("created_at", &T::created_at, "When it was ordered."),
                 field("updated_at", &T::updated_at, "When it last changed.")};
};

template <>
struct Shape<orders::RefundView> {
  using T = orders::RefundView;
  static constexpr std::string_view name = "Refund";
  static constexpr auto fields =
      std::tuple{field("id", &T::id, "The refund."),
                 field("order_id", &T::order_id, "The order."),
                 field("payment_id", &T::payment_id, "The payment that it gives back."),
                 field("state", &T::state, "Whether the money has gone back."),
                 field("amount", &T::amount, "What goes back."),
                 field("reason", &T::reason, "Why."),
                 field("restock", &T::restock, "Units that came back and can be sold again."),
                 field("attempts", &T::attempts, "How often the provider was asked in vain."),
                 field("error", &T::error, "What the provider said last."),
                 field("created_at", &T::created_at, "When it was asked for."),
                 field("updated_at", &T::updated_at, "When it last changed.")};
};

}  // namespace shopflow::json
