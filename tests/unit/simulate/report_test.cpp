#include "simulate/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace shopflow::simulate {
namespace {

using std::chrono::microseconds;
using testing::HasSubstr;
using testing::Not;

Tally::Figures some_figures() {
  Tally tally;
  tally.count(Count::orders);
  tally.count(Count::orders);
  tally.took(Action::pay, microseconds{1'500});
  tally.conflict("insufficient_stock");
  for (int i = 0; i < 12; ++i) tally.error(Action::cancel, "went wrong");
  return tally.figures();
}

TEST(Report, ColumnsAreAligned) {
  EXPECT_EQ(aligned({{"", "count"}, {"orders", "7"}, {"x", "1234567"}}),
            "          count\norders        7\nx       1234567\n");
}

TEST(Report, TimesAreReadable) {
  EXPECT_EQ(time_text(microseconds{1'234}), "1.23 ms");
  EXPECT_EQ(time_text(microseconds{2'500'000}), "2.50 s");
}

TEST(Report, ShowsOnlyWhatWasDoneAndTheFirstErrors) {
  const auto table = tally_table(some_figures(), 2);
  EXPECT_THAT(table, HasSubstr("1.50 ms"));
  EXPECT_THAT(table, Not(HasSubstr("list pick lists")));
  EXPECT_THAT(table, Not(HasSubstr("journeys")));
  EXPECT_THAT(table, HasSubstr("1  insufficient_stock"));
  EXPECT_THAT(table, HasSubstr("errors, the first 10:\n  cancel: went wrong\n"));
}

TEST(Report, TheJsonHoldsTheSameFigures) {
  const auto json = nlohmann::json::parse(tally_json(some_figures(), 2));
  EXPECT_EQ(json["counts"]["orders"], 2);
  EXPECT_EQ(json["counts"]["errors"], 12);
  EXPECT_EQ(json["counts"]["requests"], 1);
  EXPECT_EQ(json["conflicts"]["insufficient_stock"], 1);
  EXPECT_EQ(json["latency_us"]["pay"]["p50"], 1'500);
  EXPECT_EQ(json["errors"].size(), Tally::kErrorsShown);
}

}  // namespace
}  // namespace shopflow::simulate
