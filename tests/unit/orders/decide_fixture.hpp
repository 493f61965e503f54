#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "orders/decide.hpp"
#include "shopflow/payments/manual_provider.hpp"

namespace shopflow::orders {

using payments::PaymentState;
using payments::Snapshot;

inline const Currency kEuro = *Currency::parse("EUR");

/// One order of two mugs on a desk of its own.
class Decide : public ::testing::Test {
 protected:
  Decide() {
    providers_.add(std::make_shared<payments::ManualProvider>());
    carts::CartState cart;
    cart.id = CartId::make(now_);
    cart.updated_at = now_;
    cart.lines = {{sku_, 2, 2, now_ + std::chrono::minutes{10}}};
    cart_ = cart.id;
    desk_.carts.push_back(cart);
    desk_.skus.emplace(sku_, std::make_shared<const catalog::SkuInfo>(catalog::SkuInfo{
                                 sku_, ProductId::make(now_), "MUG", "Mug", {500, kEuro}, 1, true}));
    set_stock(10, 2);
  }

  void set_stock(std::int32_t on_hand, std::int32_t held) {
    desk_.stock = inventory::StockBook{{{.sku_id = sku_, .on_hand = on_hand, .held = held}}};
  }
  [[nodiscard]] Told told() const {
    return {now_, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"};
  }
  template <class Command>
  Result<Decided> run(const Command& command) {
    return decide(command, told(), desk_, terms_);
  }

  Checkout checkout() {
    return {OrderId::make(now_),
            PaymentId::make(now_),
            {cart_,
             "ada@example.com",
             {.name = "Ada", .line1 = "Ring 1", .city = "Berlin", .country = "DE"},
             std::nullopt,
             "standard",
             "manual"}};
  }
  void place() {
    const auto command = checkout();
    ASSERT_TRUE(run(command));
    id_ = command.order_id;
    payment_ = command.payment_id;
    desk_.events.clear();
  }
  RecordPayment news(PaymentState state) {
    const auto amount = payment().amount;
    Snapshot snapshot{.ref = "ref", .state = state, .amount = amount};
    if (state == PaymentState::succeeded) snapshot.captured = amount.amount;
    return {{payment_, id_, "manual", std::move(snapshot), std::nullopt}, std::nullopt};
  }
  SettleRefund failed(const RefundId& refund, const std::string& error) {
    const auto attempts = desk_.refund(id_, refund)->value.attempts;
    return {id_, refund, std::nullopt, error, error == "provider_refused", attempts};
  }
  [[nodiscard]] Order& order() { return desk_.order(id_)->value; }
  [[nodiscard]] Payment& payment() { return desk_.payment(id_, payment_)->value; }
  [[nodiscard]] carts::CartState& cart() { return *desk_.cart(cart_); }
  [[nodiscard]] std::string told_events() const {
    std::string types;
    for (const auto& event : desk_.events) types += std::string{event.type} + " ";
    return types;
  }

  Timestamp now_ = *parse_rfc3339("2026-11-21T08:00:00Z");
  SkuId sku_ = SkuId::make(now_);
  CartId cart_;
  OrderId id_;
  PaymentId payment_;
  Pricing pricing_{{kEuro, {{"*", "standard", 100}}, {}}};
  payments::Providers providers_;
  access::Secrets secrets_{access::Secrets::Key{1}};
  OrderSettings settings_;
  Terms terms_{pricing_, providers_, secrets_, settings_};
  Desk desk_;
};

}  // namespace shopflow::orders
