#include "orders/decide.hpp"

#include <gtest/gtest.h>

#include "unit/orders/decide_fixture.hpp"

namespace shopflow::orders {
namespace {

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
  EXPECT_EQ(cart().lines[0].deadline, now_ + settings_.payment_hold);
  now_ += std::chrono::minutes{5};
  ASSERT_TRUE(run(news(PaymentState::processing)));
  EXPECT_EQ(cart().lines[0].deadline, now_ - std::chrono::minutes{5} + settings_.payment_hold);
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

TEST_F(Decide, ALatePaymentTakesTheUnitsAgainOrGoesBack) {
  for (const bool there : {true, false}) {
    desk_ = Desk{};
    carts::CartState lapsed;
    lapsed.id = cart_;
    lapsed.updated_at = now_;
    lapsed.lines = {{sku_, 2, 2, now_}};
    desk_.carts.push_back(lapsed);
    desk_.skus.emplace(sku_, std::make_shared<const catalog::SkuInfo>(
                                 catalog::SkuInfo{sku_, {}, "MUG", "Mug", {500, kEuro}, 1, true}));
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

}  // namespace
}  // namespace shopflow::orders
