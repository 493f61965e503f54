#include "simulate/plan.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shopflow::simulate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Plan plan(const std::string& lines) {
  const auto file = read_invoices(
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n" + lines);
  EXPECT_TRUE(file.has_value());
  return plan_replay(file.value_or(InvoiceFile{}));
}

std::string line(const std::string& invoice, const std::string& code, int quantity, const std::string& price,
                 const std::string& customer = "7", const std::string& day = "2010-12-01") {
  return fmt::format("{},{},THING {},{},{} 08:00:00,{},{},United Kingdom\n", invoice, code, code, quantity,
                     day, price, customer);
}

std::vector<std::string> reasons(const Plan& made) {
  std::vector<std::string> names;
  for (const auto& skipped : made.skipped) names.emplace_back(to_string(skipped.reason));
  return names;
}

TEST(Plan, ASkuIsOneStockCodeAtOnePrice) {
  const auto made =
      plan(line("1", "85123A", 6, "2.55") + line("2", "85123A", 3, "2.95") + line("3", "85123A", 1, "2.55"));
  ASSERT_EQ(made.skus.size(), 2U);
  EXPECT_EQ(made.skus[0].code, "85123A@255");
  EXPECT_EQ(made.skus[0].units, 7);
  EXPECT_EQ(made.skus[1].code, "85123A@295");
  EXPECT_EQ(made.skus[1].units, 3);
}

TEST(Plan, TheSameSkuTwiceOnAnInvoiceIsOneLine) {
  const auto made = plan(line("1", "A", 6, "1") + line("1", "B", 1, "1") + line("1", "A", 2, "1.00"));
  ASSERT_EQ(made.steps.size(), 1U);
  ASSERT_EQ(made.steps[0].lines.size(), 2U);
  EXPECT_EQ(made.steps[0].lines[0].quantity, 8);
}

TEST(Plan, AProductTakesItsFirstDescriptionOrElseItsCode) {
  const auto made = plan(
      "1,A,,1,2010-12-01 08:00:00,1,7,UK\n2,A,LATER NAME,1,2010-12-01 08:00:00,1,7,UK\n"
      "3,B,,1,2010-12-01 08:00:00,1,7,UK\n");
  EXPECT_EQ(made.skus[0].name, "LATER NAME");
  EXPECT_EQ(made.skus[1].name, "B");
}

TEST(Plan, DaysComeToWhatTheirInvoicesComeTo) {
  const auto made =
      plan(line("1", "A", 6, "2.55") + line("2", "B", 2, "10") +
           line("3", "A", 1, "2.55", "7", "2010-12-02") + line("C4", "A", -2, "2.55", "7", "2010-12-02"));
  EXPECT_EQ(made.days.at("2010-12-01"), (DayFigures{2, 8, 3'530, 0, 0}));
  EXPECT_EQ(made.days.at("2010-12-02"), (DayFigures{1, 1, 255, 2, 510}));
}

TEST(Plan, WhatCantBeSoldIsNamedWithItsReason) {
  const auto made =
      plan(line("1", "A", -5, "1") + line("2", "A", 0, "1") + line("3", "A", 1, "0") +
           line("4", "A", 1, "-1") + line("5", "A", 1, "0.001") + line("6", "A", 1, "1000000.01") +
           line("7", "A", 10'001, "1") + line("8", std::string(70, 'X'), 1, "1") +
           line("A9", "B", 1, "11062.06") + line("C10", "A", 3, "1") + "broken\n");
  EXPECT_THAT(reasons(made),
              ElementsAre("negative_quantity", "zero_quantity", "no_price", "no_price", "fractional_price",
                          "price_over_limit", "quantity_over_limit", "code_over_limit", "adjustment",
                          "positive_cancellation", "malformed_line"));
  EXPECT_THAT(made.steps, IsEmpty());
  EXPECT_THAT(made.skus, IsEmpty());
  EXPECT_EQ(made.skipped[0].amount, -500);
  EXPECT_EQ(made.skipped[8].amount, 1'106'206);
}

TEST(Plan, LinesOfOneSkuThatTogetherAreTooManyUnitsAreNotSummed) {
  const auto made = plan(line("1", "A", 6'000, "1") + line("1", "A", 6'000, "1"));
  EXPECT_EQ(made.steps[0].lines[0].quantity, 6'000);
  EXPECT_THAT(reasons(made), ElementsAre("quantity_over_limit"));
}

TEST(Plan, ACartHoldsAThousandLines) {
  std::string lines;
  for (int i = 0; i < 1'002; ++i) lines += line("1", fmt::format("S{}", i), 1, "1");
  const auto made = plan(lines);
  EXPECT_EQ(made.steps[0].lines.size(), 1'000U);
  EXPECT_THAT(reasons(made), ElementsAre("too_many_lines", "too_many_lines"));
}

TEST(Plan, ACancellationTakesFromTheCustomersLatestSalesFirst) {
  const auto made = plan(line("1", "A", 5, "1") + line("2", "A", 5, "1") + line("3", "A", 5, "1", "8") +
                         line("C4", "A", -7, "1"));
  const auto& refunds = made.steps.at(3).refunds;
  ASSERT_EQ(refunds.size(), 2U);
  EXPECT_EQ(refunds[0].sale, 1U);
  EXPECT_EQ(refunds[0].amount, 500);
  EXPECT_TRUE(refunds[0].whole);
  EXPECT_EQ(refunds[1].sale, 0U);
  EXPECT_EQ(refunds[1].amount, 200);
  EXPECT_FALSE(refunds[1].whole);
  EXPECT_EQ(made.days.at("2010-12-01").refunded, 700);
}

TEST(Plan, OneCancellationRefundsASaleOnce) {
  const auto made = plan(line("1", "A", 5, "1") + line("1", "B", 2, "3") + line("C2", "A", -5, "1") +
                         line("C2", "B", -2, "3"));
  ASSERT_EQ(made.steps.at(1).refunds.size(), 1U);
  EXPECT_EQ(made.steps[1].refunds[0].amount, 1'100);
  EXPECT_TRUE(made.steps[1].refunds[0].whole);
}

TEST(Plan, TheRestOfASaleThatWasPartlyRefundedIsARefundAndNoCancellation) {
  const auto made = plan(line("1", "A", 5, "1") + line("C2", "A", -2, "1") + line("C3", "A", -3, "1"));
  EXPECT_FALSE(made.steps.at(1).refunds[0].whole);
  EXPECT_FALSE(made.steps.at(2).refunds[0].whole);
  EXPECT_EQ(made.steps[2].refunds[0].amount, 300);
}

TEST(Plan, WhatNobodyBoughtCantBeCancelled) {
  const auto made = plan(line("1", "A", 5, "1") + line("C2", "A", -6, "1") + line("C3", "A", -1, "1", "8") +
                         line("C4", "A", -1, "2") + line("C5", "A", -1, "1", "") + line("C6", "B", -1, "1"));
  EXPECT_THAT(reasons(made),
              ElementsAre("cancels_unknown_sale", "cancels_unknown_sale", "cancels_unknown_sale",
                          "cancels_unknown_sale", "cancels_unknown_sale"));
  EXPECT_EQ(made.skipped[0].amount, -100);
  EXPECT_EQ(made.steps.size(), 2U);
}

}  // namespace
}  // namespace shopflow::simulate
