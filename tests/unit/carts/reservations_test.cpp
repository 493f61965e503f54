#include "shopflow/carts/reservations.hpp"

#include <gtest/gtest.h>

namespace shopflow::carts {
namespace {

const Timestamp kNow = parse_rfc3339("2026-11-21T08:00:00Z").value();

class OrderReservationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    cart_.id = CartId::make(kNow);
    cart_.lines = {{sku_, 2, 2, kNow}, {other_, 3, 3, kNow}};
  }
  inventory::StockBook book(std::int32_t available) {
    return inventory::StockBook{
        {{.sku_id = sku_, .on_hand = available}, {.sku_id = other_, .on_hand = available + 3, .held = 3}}};
  }

  SkuId sku_ = SkuId::make(kNow);
  SkuId other_ = SkuId::make(kNow);
  OrderId order_ = OrderId::make(kNow);
  Timestamp deadline_ = kNow + std::chrono::minutes{15};
  CartState cart_;
};

TEST_F(OrderReservationTest, ACheckoutBindsTheHoldsToTheOrderUntilTheDeadline) {
  ASSERT_TRUE(start_checkout(cart_, order_, deadline_));
  EXPECT_EQ(cart_.stage, Stage::checkout);
  EXPECT_EQ(cart_.order_id, order_);
  EXPECT_EQ(cart_.next_deadline, deadline_);
  EXPECT_TRUE(cart_.changed);
  EXPECT_FALSE(has_lapsed(cart_, deadline_ - std::chrono::microseconds{1}));
  EXPECT_TRUE(has_lapsed(cart_, deadline_));
}

TEST_F(OrderReservationTest, ABoundThatIsThereStaysUnlessTheDeadlineComesBeforeIt) {
  const auto bound = kNow + std::chrono::minutes{2};
  cart_.next_deadline = bound;
  ASSERT_TRUE(start_checkout(cart_, order_, deadline_));
  EXPECT_EQ(cart_.next_deadline, bound);
  EXPECT_FALSE(has_lapsed(cart_, bound));
  const auto sooner = kNow + std::chrono::minutes{1};
  ASSERT_TRUE(payment_processing(cart_, sooner));
  EXPECT_EQ(cart_.next_deadline, sooner);
  EXPECT_TRUE(has_lapsed(cart_, sooner));
}

TEST_F(OrderReservationTest, ACartIsCheckedOutOnce) {
  ASSERT_TRUE(start_checkout(cart_, order_, deadline_));
  const auto before = cart_;
  EXPECT_EQ(start_checkout(cart_, OrderId::make(kNow), deadline_).error().code, "cart_checked_out");
  EXPECT_EQ(cart_, before);
}

TEST_F(OrderReservationTest, AnEmptyCartCannotBeCheckedOut) {
  cart_.lines.clear();
  EXPECT_EQ(start_checkout(cart_, order_, deadline_).error().code, "cart_empty");
}

TEST_F(OrderReservationTest, ACheckoutNeedsEveryLineHeld) {
  cart_.lines[0].held = 0;
  const auto refused = start_checkout(cart_, order_, deadline_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "insufficient_stock");
  ASSERT_EQ(refused.error().fields.size(), 1U);
  EXPECT_EQ(refused.error().fields[0].pointer, "/items/0");
  EXPECT_EQ(cart_.stage, Stage::cart);
}

TEST_F(OrderReservationTest, LapsedLinesAreTakenAgainWhenTheUnitsAreThere) {
  cart_.lines[0].held = 0;
  EXPECT_EQ(lapsed_skus(cart_), std::vector{sku_});
  auto stock = book(2);
  ASSERT_TRUE(retake_lapsed(cart_, stock));
  EXPECT_EQ(cart_.lines[0].held, 2);
  EXPECT_EQ(stock.find(sku_)->held, 2);
  EXPECT_EQ(stock.find(other_)->held, 3);
}

TEST_F(OrderReservationTest, OneLineThatCannotBeTakenAgainLeavesAllAsTheyAre) {
  cart_.lines[0].held = 0;
  cart_.lines[1].held = 0;
  const auto before = cart_;
  inventory::StockBook stock{{{.sku_id = sku_, .on_hand = 2}, {.sku_id = other_, .on_hand = 2}}};
  const auto refused = retake_lapsed(cart_, stock);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "insufficient_stock");
  EXPECT_EQ(refused.error().fields.at(0).pointer, "/items/1");
  EXPECT_EQ(cart_, before);
  EXPECT_TRUE(stock.entries().empty());
}

TEST_F(OrderReservationTest, ALapsedLineOfADeletedSkuIsNotForSale) {
  cart_.lines[0].held = 0;
  inventory::StockBook stock{{{.sku_id = sku_, .on_hand = 9, .sellable = false}}};
  EXPECT_EQ(retake_lapsed(cart_, stock).error().code, "sku_not_for_sale");
}

TEST_F(OrderReservationTest, APaidReservationIsSoldAndLapsesNoMore) {
  ASSERT_TRUE(start_checkout(cart_, order_, deadline_));
  ASSERT_TRUE(payment_processing(cart_, deadline_ + std::chrono::minutes{15}));
  EXPECT_EQ(cart_.stage, Stage::payment);
  EXPECT_FALSE(has_lapsed(cart_, deadline_));
  EXPECT_TRUE(has_lapsed(cart_, deadline_ + std::chrono::minutes{15}));
  ASSERT_TRUE(sold(cart_));
  EXPECT_EQ(cart_.stage, Stage::sold);
  EXPECT_FALSE(cart_.next_deadline);
  EXPECT_EQ(expired(cart_).error().code, "illegal_transition");
  EXPECT_EQ(released(cart_).error().code, "illegal_transition");
}

TEST_F(OrderReservationTest, ABoundIsOnlyLoweredUntilThereIsNone) {
  cart_.next_deadline = deadline_;
  look_by(cart_, deadline_ + std::chrono::minutes{1});
  EXPECT_EQ(cart_.next_deadline, deadline_);
  EXPECT_FALSE(cart_.changed);
  look_by(cart_, deadline_ - std::chrono::minutes{1});
  EXPECT_EQ(cart_.next_deadline, deadline_ - std::chrono::minutes{1});
  EXPECT_TRUE(cart_.changed);
  look_no_more(cart_);
  EXPECT_FALSE(cart_.next_deadline);
  cart_.changed = false;
  look_no_more(cart_);
  EXPECT_FALSE(cart_.changed);
  look_by(cart_, deadline_);
  EXPECT_EQ(cart_.next_deadline, deadline_);
}

TEST_F(OrderReservationTest, AnExpiredReservationTellsWhatWasHeldAndForWhichOrder) {
  ASSERT_TRUE(start_checkout(cart_, order_, deadline_));
  const auto event = expired(cart_);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->cart_id, cart_.id);
  EXPECT_EQ(event->order_id, order_);
  ASSERT_EQ(event->lines.size(), 2U);
  EXPECT_EQ(event->lines[1].quantity, 3);
  EXPECT_EQ(cart_.event_sequence, 1);
  EXPECT_EQ(sold(cart_).error().code, "illegal_transition");
}

TEST_F(OrderReservationTest, WhatNobodyCheckedOutHasNoOrderThatCouldMoveIt) {
  EXPECT_EQ(sold(cart_).error().code, "illegal_transition");
  EXPECT_EQ(released(cart_).error().code, "illegal_transition");
  EXPECT_EQ(expired(cart_).error().code, "illegal_transition");
  EXPECT_EQ(payment_processing(cart_, deadline_).error().code, "illegal_transition");
  EXPECT_FALSE(cart_.changed);
}

}  // namespace
}  // namespace shopflow::carts
