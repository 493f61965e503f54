#include "orders/decide.hpp"

#include <gtest/gtest.h>

#include "unit/orders/decide_fixture.hpp"

namespace shopflow::orders {
namespace {

TEST_F(Decide, CheckoutTurnsTheHoldIntoTheOrders) {
  const auto command = checkout();
  ASSERT_TRUE(run(command));
  id_ = command.order_id;
  payment_ = command.payment_id;
  EXPECT_EQ(cart().stage, carts::Stage::checkout);
  EXPECT_EQ(cart().order_id, id_);
  EXPECT_EQ(cart().lines[0].deadline, now_ + settings_.checkout_hold);
  EXPECT_TRUE(desk_.order(id_)->fresh);
  EXPECT_EQ(order().total, 1100);
  EXPECT_EQ(order().event_sequence, 1);
  EXPECT_EQ(payment().state, PaymentState::requires_confirmation);
  EXPECT_TRUE(payment().provider_ref);
  EXPECT_EQ(told_events(), "OrderCreated ");
  EXPECT_TRUE(desk_.stock.entries().empty());
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
    ASSERT_TRUE(run(failed(refund, "provider_unavailable")));
    EXPECT_EQ(desk_.refund(id_, refund)->value.state, RefundState::pending);
    EXPECT_GT(desk_.refund(id_, refund)->value.next_attempt_at, now_);
  }
  ASSERT_TRUE(run(failed(refund, "provider_unavailable")));
  EXPECT_EQ(desk_.refund(id_, refund)->value.state, RefundState::failed);
  EXPECT_EQ(order().refunded, 0);
}

TEST_F(Decide, AFailureThatTwoServersMeetAtOnceCountsOnce) {
  place();
  ASSERT_TRUE(run(news(PaymentState::succeeded)));
  const RefundId refund = RefundId::make(now_);
  ASSERT_TRUE(run(RequestRefund{id_, refund, {std::nullopt, "broken", {}}}));
  const auto met_by_both = failed(refund, "provider_unavailable");
  for (int server = 1; server <= 2; ++server) ASSERT_TRUE(run(met_by_both));
  EXPECT_EQ(desk_.refund(id_, refund)->value.attempts, 1);
  ASSERT_TRUE(run(failed(refund, "provider_unavailable")));
  EXPECT_EQ(desk_.refund(id_, refund)->value.attempts, 2);
  // What one of them was told to have worked has.
  ASSERT_TRUE(run(SettleRefund{id_, refund, "re_1", {}, false}));
  EXPECT_EQ(desk_.refund(id_, refund)->value.state, RefundState::succeeded);
}

TEST_F(Decide, MoneyWithoutAnOrderIsOfferedUntilTheProviderRefuses) {
  place();
  ASSERT_TRUE(run(Cancel{id_, "changed_mind"}));
  ASSERT_TRUE(run(news(PaymentState::succeeded)));
  const auto refund = desk_.refunds[id_].front().value.id;
  for (int attempt = 1; attempt <= 100; ++attempt) {
    ASSERT_TRUE(run(failed(refund, "provider_unavailable")));
    EXPECT_EQ(desk_.refund(id_, refund)->value.state, RefundState::pending);
    EXPECT_GT(desk_.refund(id_, refund)->value.next_attempt_at, now_);
  }
  EXPECT_EQ(run(RequestRefund{id_, RefundId::make(now_), {}}).error().code, "nothing_to_refund");
  ASSERT_TRUE(run(failed(refund, "provider_refused")));
  EXPECT_EQ(desk_.refund(id_, refund)->value.state, RefundState::failed);
  const auto anew = RefundId::make(now_);
  ASSERT_TRUE(run(RequestRefund{id_, anew, {}}));
  EXPECT_EQ(desk_.refund(id_, anew)->value.amount.amount, payment().captured);
}

TEST_F(Decide, MoneyThatPaidTwiceGoesBackBeforeThatWhichPaid) {
  place();
  const auto second = PaymentId::make(now_);
  payment().state = PaymentState::canceled;
  ASSERT_TRUE(run(NewAttempt{id_, second}));
  ASSERT_TRUE(run(news(PaymentState::succeeded)));
  auto twice = news(PaymentState::succeeded);
  twice.notice.payment_id = second;
  ASSERT_TRUE(run(twice));
  ASSERT_TRUE(desk_.payment(id_, second)->value.surplus);
  const auto refused = desk_.refunds[id_].front().value.id;
  ASSERT_TRUE(run(failed(refused, "provider_refused")));
  for (const auto& payment : {second, payment_}) {
    const auto refund = RefundId::make(now_);
    ASSERT_TRUE(run(RequestRefund{id_, refund, {}}));
    EXPECT_EQ(desk_.refund(id_, refund)->value.payment_id, payment);
  }
  EXPECT_EQ(run(RequestRefund{id_, RefundId::make(now_), {}}).error().code, "nothing_to_refund");
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
