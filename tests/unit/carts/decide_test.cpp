#include "carts/decide.hpp"

#include <gtest/gtest.h>

namespace shopflow::carts {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kStart = parse_rfc3339("2026-11-21T08:00:00Z").value();

class DecideTest : public ::testing::Test {
 protected:
  DecideTest() {
    cart_.id = CartId::make(kStart);
    cart_.updated_at = kStart;
  }
  Result<std::vector<LineOutcome>> run(CartAction action) {
    Desk desk{book_, now_, settings_, events_};
    return decide(cart_, {cart_.id, std::move(action), "trace", {}}, desk);
  }
  Result<std::vector<LineOutcome>> add(const SkuId& sku, std::int32_t quantity) {
    return run(AddLines{{{sku, quantity}}});
  }
  std::int32_t available(const SkuId& sku) { return book_.find(sku)->available(); }
  void lapse() {
    now_ += settings_.hold;
    ASSERT_TRUE(run(ExpireLines{}));
  }

  SkuId mug_ = SkuId::make(kStart);
  SkuId cup_ = SkuId::make(kStart);
  SkuId retired_ = SkuId::make(kStart);
  inventory::StockBook book_{{{.sku_id = mug_, .on_hand = 10},
                              {.sku_id = cup_, .on_hand = 20'000},
                              {.sku_id = retired_, .on_hand = 5, .sellable = false}}};
  CartSettings settings_;
  Timestamp now_ = kStart;
  std::vector<events::NewEvent> events_;
  CartState cart_;
};

TEST_F(DecideTest, AddedUnitsAreHeldUntilTheDeadline) {
  const auto outcomes = add(mug_, 4);
  ASSERT_TRUE(outcomes);
  EXPECT_EQ(*outcomes, (std::vector<LineOutcome>{{mug_, 4, LineResult::reserved, {}}}));
  EXPECT_EQ(cart_.lines, (std::vector<CartLine>{{mug_, 4, 4, kStart + minutes{10}}}));
  EXPECT_EQ(cart_.next_deadline, kStart + minutes{10});
  EXPECT_EQ(available(mug_), 6);
}

TEST_F(DecideTest, AddingToALineAddsUpAndRenewsIt) {
  ASSERT_TRUE(add(mug_, 4));
  now_ += seconds{30};
  ASSERT_TRUE(add(mug_, 3));
  EXPECT_EQ(cart_.lines, (std::vector<CartLine>{{mug_, 7, 7, now_ + minutes{10}}}));
  EXPECT_EQ(available(mug_), 3);
  EXPECT_EQ(cart_.next_deadline, kStart + minutes{10}) << "a lower bound may stay behind";
}

TEST_F(DecideTest, EqualSkusOfOneRequestAreSummedBeforeTheyAreChecked) {
  const auto refused = run(AddLines{{{mug_, 6}, {mug_, 6}}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "insufficient_stock");
  ASSERT_EQ(refused.error().fields.size(), 2U);
  EXPECT_EQ(refused.error().fields[1].pointer, "/items/1/quantity");
  EXPECT_EQ(refused.error().fields[1].detail, "12 wanted, 10 available.");
  EXPECT_EQ(available(mug_), 10);
  EXPECT_TRUE(run(AddLines{{{mug_, 5}, {mug_, 5}}}));
  EXPECT_EQ(cart_.lines.size(), 1U);
}

TEST_F(DecideTest, EveryLineHasItsOwnOutcomeAndWhatCanBeTakenIsTaken) {
  const auto nowhere = SkuId::make(kStart);
  const auto outcomes =
      run(AddLines{{{mug_, 11}, {cup_, 1}, {retired_, 1}, {nowhere, 1}, {cup_, kQuantityMax}}});
  ASSERT_FALSE(outcomes);  // the cups add up to more than a line holds
  const auto second = run(AddLines{{{mug_, 11}, {cup_, 1}, {retired_, 1}, {nowhere, 1}}});
  ASSERT_TRUE(second);
  EXPECT_EQ(*second, (std::vector<LineOutcome>{{mug_, 11, LineResult::insufficient_stock, 10},
                                               {cup_, 1, LineResult::reserved, {}},
                                               {retired_, 1, LineResult::sku_not_for_sale, {}},
                                               {nowhere, 1, LineResult::unknown_sku, {}}}));
  EXPECT_EQ(cart_.lines.size(), 1U);
}

TEST_F(DecideTest, ARequestOfWhichNothingCanBeTakenIsAnErrorThatPointsAtEachLine) {
  const auto unknown = add(SkuId::make(kStart), 1);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "unknown_sku");
  EXPECT_EQ(unknown.error().kind, ErrorKind::unprocessable);
  EXPECT_EQ(unknown.error().fields.at(0).pointer, "/items/0/sku_id");
  EXPECT_EQ(add(retired_, 1).error().code, "sku_not_for_sale");
  EXPECT_EQ(add(mug_, 0).error().code, "quantity_out_of_range");
  EXPECT_EQ(add(mug_, 1'000'000).error().code, "quantity_out_of_range");
  EXPECT_EQ(run(AddLines{{{retired_, 1}, {mug_, 11}}}).error().code, "insufficient_stock");
  EXPECT_FALSE(cart_.changed);
  EXPECT_TRUE(cart_.lines.empty());
}

TEST_F(DecideTest, ALineHoldsAtMostTenThousandUnits) {
  ASSERT_TRUE(add(cup_, kQuantityMax));
  EXPECT_EQ(add(cup_, 1).error().code, "quantity_out_of_range");
  EXPECT_EQ(cart_.lines[0].quantity, kQuantityMax);
}

TEST_F(DecideTest, ACartHoldsAtMostAThousandLines) {
  for (std::size_t i = 0; i < kLinesMax; ++i) cart_.lines.push_back({SkuId::make(kStart), 1, 0, kStart});
  EXPECT_EQ(add(mug_, 1).error().code, "too_many_lines");
  EXPECT_EQ(available(mug_), 10);
}

TEST_F(DecideTest, AShopMayAllowFewerLinesAndUnits) {
  settings_.lines_max = 1;
  settings_.quantity_max = 5;
  const auto refused = add(cup_, 6);
  EXPECT_EQ(refused.error().code, "quantity_out_of_range");
  EXPECT_EQ(refused.error().fields.at(0).detail, "The most units of a line: 5.");
  ASSERT_TRUE(add(cup_, 5));
  EXPECT_EQ(add(cup_, 1).error().code, "quantity_out_of_range");
  EXPECT_EQ(run(ChangeLine{cup_, 6}).error().code, "quantity_out_of_range");
  ASSERT_TRUE(run(ChangeLine{cup_, 5}));
  const auto second = add(mug_, 1);
  EXPECT_EQ(second.error().code, "too_many_lines");
  EXPECT_EQ(second.error().fields.at(0).detail, "The most lines of a cart: 1.");
  EXPECT_EQ(cart_.lines.size(), 1U);
  EXPECT_EQ(available(mug_), 10);
}

TEST_F(DecideTest, WhatLiesInACartStaysWhenTheShopAllowsLess) {
  ASSERT_TRUE(add(cup_, 6));
  ASSERT_TRUE(add(mug_, 1));
  settings_.lines_max = 1;
  settings_.quantity_max = 5;
  lapse();
  ASSERT_TRUE(run(RenewLines{}));
  EXPECT_EQ(cart_.lines.size(), 2U);
  EXPECT_EQ(cart_.lines[0].held, 6);
  ASSERT_TRUE(run(ChangeLine{cup_, 5}));
}

TEST_F(DecideTest, AChangedQuantityTakesOrFreesTheDifference) {
  ASSERT_TRUE(add(mug_, 4));
  now_ += seconds{5};
  ASSERT_TRUE(run(ChangeLine{mug_, 9}));
  EXPECT_EQ(available(mug_), 1);
  ASSERT_TRUE(run(ChangeLine{mug_, 2}));
  EXPECT_EQ(available(mug_), 8);
  EXPECT_EQ(cart_.lines, (std::vector<CartLine>{{mug_, 2, 2, now_ + minutes{10}}}));
}

TEST_F(DecideTest, AChangeThatCannotBeHadLeavesTheLineAsItIs) {
  ASSERT_TRUE(add(mug_, 4));
  const auto before = cart_;
  const auto refused = run(ChangeLine{mug_, 11});
  EXPECT_EQ(refused.error().code, "insufficient_stock");
  EXPECT_EQ(refused.error().fields.at(0).detail, "11 wanted, 10 available.");
  EXPECT_EQ(cart_, before);
  EXPECT_EQ(run(ChangeLine{cup_, 1}).error().code, "line_not_found");
  EXPECT_EQ(run(ChangeLine{mug_, 0}).error().code, "quantity_out_of_range");
  EXPECT_EQ(cart_, before);
}

TEST_F(DecideTest, ARemovedLineGivesItsUnitsBack) {
  ASSERT_TRUE(add(mug_, 4));
  ASSERT_TRUE(run(RemoveLine{mug_}));
  EXPECT_EQ(available(mug_), 10);
  EXPECT_TRUE(cart_.lines.empty());
  EXPECT_EQ(run(RemoveLine{mug_}).error().code, "line_not_found");
}

TEST_F(DecideTest, ALapsedHoldIsFreedAndTheLineStays) {
  ASSERT_TRUE(add(mug_, 4));
  now_ += minutes{2};
  ASSERT_TRUE(add(cup_, 1));
  now_ = kStart + minutes{10};
  ASSERT_TRUE(run(ExpireLines{}));
  EXPECT_EQ(available(mug_), 10);
  EXPECT_EQ(cart_.find(mug_)->held, 0);
  EXPECT_EQ(cart_.find(mug_)->quantity, 4);
  EXPECT_TRUE(cart_.find(cup_)->reserved());
  EXPECT_EQ(cart_.next_deadline, kStart + minutes{12});
  ASSERT_EQ(events_.size(), 1U);
  EXPECT_EQ(events_[0].type, "ReservationExpired");
  EXPECT_EQ(events_[0].sequence, 1);
  EXPECT_EQ(events_[0].aggregate_id, cart_.id.value);
}

TEST_F(DecideTest, NothingLapsesBeforeItsDeadline) {
  ASSERT_TRUE(add(mug_, 4));
  cart_.changed = false;
  now_ = kStart + minutes{10} - std::chrono::microseconds{1};
  ASSERT_TRUE(run(ExpireLines{}));
  EXPECT_FALSE(cart_.changed);
  EXPECT_TRUE(events_.empty());
}

TEST_F(DecideTest, ALowerBoundThatARenewalLeftBehindIsCorrectedWithoutAnEvent) {
  ASSERT_TRUE(add(mug_, 4));
  now_ += minutes{5};
  ASSERT_TRUE(run(RenewLines{}));
  now_ = kStart + minutes{10};
  ASSERT_TRUE(run(ExpireLines{}));
  EXPECT_EQ(cart_.next_deadline, kStart + minutes{15});
  EXPECT_TRUE(cart_.lines[0].reserved());
  EXPECT_TRUE(events_.empty());
}

TEST_F(DecideTest, ARenewalTakesALapsedHoldAgainOnlyIfTheUnitsAreThere) {
  ASSERT_TRUE(add(mug_, 4));
  lapse();
  EXPECT_FALSE(cart_.next_deadline);
  CartState rival{.id = CartId::make(now_), .lines = {}, .updated_at = now_};
  Desk desk{book_, now_, settings_, events_};
  ASSERT_TRUE(decide(rival, {rival.id, AddLines{{{mug_, 8}}}, "", {}}, desk));
  ASSERT_TRUE(run(RenewLines{}));
  EXPECT_EQ(cart_.lines[0].held, 0) << "both would be blocked if the line were counted";
  EXPECT_EQ(available(mug_), 2);
  ASSERT_TRUE(decide(rival, {rival.id, RemoveLine{mug_}, "", {}}, desk));
  ASSERT_TRUE(run(RenewLines{}));
  EXPECT_EQ(cart_.lines, (std::vector<CartLine>{{mug_, 4, 4, now_ + minutes{10}}}));
  EXPECT_EQ(available(mug_), 6);
}

TEST_F(DecideTest, AddingToALapsedLineNeedsAllOfItsUnits) {
  ASSERT_TRUE(add(mug_, 6));
  lapse();
  EXPECT_EQ(add(mug_, 5).error().code, "insufficient_stock");
  ASSERT_TRUE(add(mug_, 4));
  EXPECT_EQ(cart_.lines[0].held, 10);
  EXPECT_EQ(available(mug_), 0);
}

TEST_F(DecideTest, ACheckedOutCartCannotBeChanged) {
  ASSERT_TRUE(add(mug_, 4));
  cart_.stage = Stage::checkout;
  const auto before = cart_;
  EXPECT_EQ(add(mug_, 1).error().code, "cart_checked_out");
  EXPECT_EQ(run(ChangeLine{mug_, 1}).error().code, "cart_checked_out");
  EXPECT_EQ(run(RemoveLine{mug_}).error().code, "cart_checked_out");
  EXPECT_EQ(run(RenewLines{}).error().code, "cart_checked_out");
  now_ += minutes{20};
  EXPECT_TRUE(run(ExpireLines{})) << "the hold of an order is not the cart's to free";
  EXPECT_EQ(cart_, before);
}

TEST_F(DecideTest, ACartThatWasLeftAloneTooLongCannotBeUsedAnyMore) {
  ASSERT_TRUE(add(mug_, 4));
  now_ += settings_.idle_max + seconds{1};
  EXPECT_EQ(add(mug_, 1).error().code, "cart_expired");
  EXPECT_EQ(run(RenewLines{}).error().code, "cart_expired");
}

}  // namespace
}  // namespace shopflow::carts
