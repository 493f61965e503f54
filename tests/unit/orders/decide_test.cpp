#include "orders/decide.hpp"

#include <gtest/gtest.h>

#include "shopflow/payments/manual_provider.hpp"

namespace shopflow::orders {
namespace {

using payments::PaymentState;
using payments::Snapshot;

const Currency kEuro = *Currency::parse("EUR");

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
    desk_.skus.emplace(sku_,
                       catalog::SkuInfo{sku_, ProductId::make(now_), "MUG", "Mug", {500, kEuro}, 1, true});
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

TEST_F(Decide, CheckoutTurnsTheHoldIntoTheOrders) {
  const auto command = checkout();
  ASSERT_TRUE(run(command));
  id_ = command.order_id;
  payment_ = command.payment_id;
  EXPECT_EQ(cart().stage, carts::Stage::checkout);
  EXPECT_EQ(cart().order_id, id_);
  EXPECT_EQ(cart().next_deadline, now_ + settings_.checkout_hold);
  EXPECT_TRUE(desk_.order(id_)->fresh);
  EXPECT_EQ(order().total, 1100);
  EXPECT_EQ(order().event_sequence, 1);
  EXPECT_EQ(payment().state, PaymentState::requires_confirmation);
  EXPECT_TRUE(payment().provider_ref);
  EXPECT_EQ(told_events(), "OrderCreated ");
  EXPECT_TRUE(desk_.stock.entries().empty());
}

TEST_F(Decide, AnInvoiceIsPaidWhenTheStaffSaysSoAndOnlyOnce) {
  place();
  ASSERT_TRUE(run(MarkPaid{id_}));
  EXPECT_EQ(order().state, OrderState::paid);
  EXPECT_EQ(payment().captured, payment().amount.amount);
  EXPECT_EQ(cart().stage, carts::Stage::sold);
  EXPECT_EQ(told_events(), "PaymentReceived ");
  EXPECT_EQ(run(MarkPaid{id_}).error().code, "order_already_paid");
  EXPECT_EQ(run(MarkPaid{OrderId::make(now_)}).error().code, "order_not_found");
}

TEST_F(Decide, WhatIsNoInvoiceIsNotPaidByTheStaff) {
  place();
  payment().provider = "sandbox";
  EXPECT_EQ(run(MarkPaid{id_}).error().code, "payment_not_manual");
  order().state = OrderState::cancelled;
  EXPECT_EQ(run(MarkPaid{id_}).error().code, "order_is_cancelled");
  EXPECT_EQ(told_events(), "");
}

TEST_F(Decide, ASecondCheckoutOfTheBatchIsRefused) {
  place();
  const auto second = run(checkout());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "cart_checked_out");
  EXPECT_EQ(desk_.orders.size(), 1U);
}

TEST_F(Decide, ARefusedCheckoutTakesNothing) {
  cart().lines[0].held = 0;
  set_stock(10, 0);
  auto command = checkout();
  command.request.shipping_method = "drone";
  ASSERT_FALSE(run(command));
  EXPECT_TRUE(desk_.stock.entries().empty());
  EXPECT_FALSE(cart().changed);
  EXPECT_TRUE(desk_.orders.empty());
}

TEST_F(Decide, MoneyCompletesTheOrder) {
  place();
  ASSERT_TRUE(run(news(PaymentState::succeeded)));
  EXPECT_EQ(order().state, OrderState::paid);
  EXPECT_EQ(order().captured, 1100);
  EXPECT_EQ(cart().stage, carts::Stage::sold);
  EXPECT_EQ(told_events(), "PaymentReceived ");
  ASSERT_TRUE(run(news(PaymentState::succeeded)));
  EXPECT_EQ(order().captured, 1100);
  EXPECT_EQ(told_events(), "PaymentReceived ");
}

TEST_F(Decide, ABusyProviderKeepsTheHold) {
  place();
  ASSERT_TRUE(run(news(PaymentState::processing)));
  EXPECT_EQ(cart().stage, carts::Stage::payment);
  EXPECT_EQ(cart().next_deadline, now_ + settings_.payment_hold);
  now_ += std::chrono::minutes{5};
  ASSERT_TRUE(run(news(PaymentState::processing)));
  EXPECT_EQ(cart().next_deadline, now_ - std::chrono::minutes{5} + settings_.payment_hold);
}

TEST_F(Decide, ANoticeIsActedOnOnce) {
  place();
  auto first = news(PaymentState::requires_action);
  first.notice.notice_id = "evt_1";
  ASSERT_TRUE(run(first));
  auto repeat = news(PaymentState::succeeded);
  repeat.notice.notice_id = "evt_1";
  ASSERT_TRUE(run(repeat));
  EXPECT_EQ(order().state, OrderState::pending_payment);
  EXPECT_EQ(desk_.new_notices.size(), 1U);
}

TEST_F(Decide, AHoldLapsesAtItsDeadlineAndNotBefore) {
  place();
  now_ += settings_.checkout_hold - std::chrono::seconds{1};
  ASSERT_TRUE(run(LapseHold{id_}));
  EXPECT_EQ(cart().stage, carts::Stage::checkout);
  now_ += std::chrono::seconds{1};
  ASSERT_TRUE(run(LapseHold{id_}));
  EXPECT_EQ(cart().stage, carts::Stage::expired);
  ASSERT_EQ(told_events(), "ReservationExpired ");
  EXPECT_EQ(desk_.events[0].aggregate, "order");
  EXPECT_EQ(desk_.events[0].aggregate_id, id_.value);
  EXPECT_EQ(desk_.events[0].sequence, 2);
  EXPECT_EQ(cart().event_sequence, 0);
  EXPECT_EQ(order().state, OrderState::pending_payment);
}

TEST_F(Decide, ALatePaymentTakesTheUnitsAgainOrGoesBack) {
  for (const bool there : {true, false}) {
    desk_ = Desk{};
    carts::CartState lapsed;
    lapsed.id = cart_;
    lapsed.updated_at = now_;
    lapsed.lines = {{sku_, 2, 2, now_}};
    desk_.carts.push_back(lapsed);
    desk_.skus.emplace(sku_, catalog::SkuInfo{sku_, {}, "MUG", "Mug", {500, kEuro}, 1, true});
    place();
    now_ += settings_.checkout_hold;
    ASSERT_TRUE(run(LapseHold{id_}));
    desk_.events.clear();
    set_stock(10, there ? 8 : 9);
    // Until its own units are back on the shelf, nobody can say that they are gone.
    if (!there) EXPECT_EQ(run(news(PaymentState::succeeded)).error().code, "overloaded");
    desk_.freed.insert(id_);
    ASSERT_TRUE(run(news(PaymentState::succeeded)));
    EXPECT_EQ(order().captured, 1100);
    EXPECT_EQ(payment().surplus, !there);
    EXPECT_EQ(told_events(), there ? "PaymentReceived " : "OrderCancelled ");
    EXPECT_EQ(order().state, there ? OrderState::paid : OrderState::cancelled);
    EXPECT_EQ(desk_.stock.entries().size(), there ? 1U : 0U);
    EXPECT_EQ(desk_.refunds[id_].size(), there ? 0U : 1U);
  }
}

TEST_F(Decide, CancellationIsIllegalOnceTheOrderIsPacked) {
  place();
  for (const auto state :
       {OrderState::fulfilled, OrderState::shipped, OrderState::delivered, OrderState::cancelled}) {
    order().state = state;
    const auto refused = run(Cancel{id_, "because"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "illegal_transition");
    EXPECT_EQ(order().state, state);
    EXPECT_FALSE(order().cancel_reason);
  }
  EXPECT_EQ(told_events(), "");
}

TEST_F(Decide, TheClockCancelsOnlyWhatIsUnpaid) {
  place();
  ASSERT_TRUE(run(news(PaymentState::succeeded)));
  ASSERT_TRUE(run(Cancel{id_, "not_paid", true}));
  EXPECT_EQ(order().state, OrderState::paid);
}

TEST_F(Decide, AnAttemptUsesTheOpenPaymentOrMakesOne) {
  place();
  const auto open = run(NewAttempt{id_, PaymentId::make(now_)});
  ASSERT_TRUE(open);
  EXPECT_EQ(open->payment_id, payment_);
  payment().state = PaymentState::canceled;
  const auto fresh = PaymentId::make(now_);
  const auto made = run(NewAttempt{id_, fresh});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->payment_id, fresh);
  EXPECT_TRUE(desk_.payment(id_, fresh)->fresh);
  desk_.payment(id_, fresh)->value.state = PaymentState::processing;
  const auto busy = run(NewAttempt{id_, PaymentId::make(now_)});
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().code, "payment_in_progress");
}

TEST_F(Decide, ARepeatedAttemptIsToldOfItsMoneyButChargesNoOrderThatIsPaid) {
  place();
  ASSERT_TRUE(run(NewAttempt{id_, PaymentId::make(now_), "k"}));
  order().state = OrderState::paid;
  payment().state = PaymentState::requires_action;
  const auto open = run(NewAttempt{id_, PaymentId::make(now_), "k"});
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().code, "order_already_paid");
  payment().state = PaymentState::succeeded;
  const auto told = run(NewAttempt{id_, PaymentId::make(now_), "k"});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->payment_id, payment_);
}

TEST_F(Decide, ARefundCountsWhatIsOnItsWay) {
  place();
  ASSERT_TRUE(run(news(PaymentState::succeeded)));
  const RefundId first = RefundId::make(now_);
  ASSERT_TRUE(run(RequestRefund{id_, first, {Money{1000, kEuro}, "broken", {}}}));
  const auto beyond = run(RequestRefund{id_, RefundId::make(now_), {Money{101, kEuro}, "broken", {}}});
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, "refund_exceeds_captured");
  // The same refund once more is the one that is there.
  ASSERT_TRUE(run(RequestRefund{id_, first, {Money{1000, kEuro}, "broken", {}}}));
  EXPECT_EQ(desk_.refunds[id_].size(), 1U);
  ASSERT_TRUE(run(SettleRefund{id_, first, "re_1", {}, false}));
  ASSERT_TRUE(run(SettleRefund{id_, first, "re_1", {}, false}));
  EXPECT_EQ(order().refunded, 1000);
  EXPECT_EQ(payment().refunded, 1000);
  EXPECT_EQ(order().payment_status(), PaymentStatus::partially_refunded);
  EXPECT_EQ(told_events(), "PaymentReceived RefundProcessed ");
}

TEST_F(Decide, ARefundIsGivenUpAfterManyAttempts) {
  place();
  ASSERT_TRUE(run(news(PaymentState::succeeded)));
  const RefundId refund = RefundId::make(now_);
  ASSERT_TRUE(run(RequestRefund{id_, refund, {std::nullopt, "broken", {}}}));
  for (int attempt = 1; attempt < 25; ++attempt) {
    ASSERT_TRUE(run(SettleRefund{id_, refund, std::nullopt, "provider_unavailable", false}));
    EXPECT_EQ(desk_.refund(id_, refund)->value.state, RefundState::pending);
    EXPECT_GT(desk_.refund(id_, refund)->value.next_attempt_at, now_);
  }
  ASSERT_TRUE(run(SettleRefund{id_, refund, std::nullopt, "provider_unavailable", false}));
  EXPECT_EQ(desk_.refund(id_, refund)->value.state, RefundState::failed);
  EXPECT_EQ(order().refunded, 0);
}

TEST_F(Decide, WhatIsNotThereIsNotFound) {
  const auto none = OrderId::make(now_);
  EXPECT_EQ(run(Cancel{none, "x"}).error().code, "order_not_found");
  EXPECT_EQ(run(LapseHold{none}).error().code, "order_not_found");
  EXPECT_EQ(run(SetNote{none, "x"}).error().code, "order_not_found");
  EXPECT_EQ(run(NewAttempt{none, {}}).error().code, "order_not_found");
  EXPECT_EQ(run(RequestRefund{none, {}, {}}).error().code, "order_not_found");
  EXPECT_EQ(run(SettleRefund{none, {}, {}, {}, false}).error().code, "refund_not_found");
  EXPECT_EQ(run(NamePayment{none, {}, "ref"}).error().code, "payment_not_found");
}

}  // namespace
}  // namespace shopflow::orders
