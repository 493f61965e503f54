#include "shopflow/core/money.hpp"

#include <gtest/gtest.h>
// RapidCheck's bridge needs GoogleTest's declarations first.
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <limits>

namespace shopflow {
namespace {

TEST(Currency, IsThreeCapitalLetters) {
  ASSERT_TRUE(Currency::parse("EUR"));
  EXPECT_EQ(Currency::parse("EUR")->str(), "EUR");
  EXPECT_EQ(Currency{}.str(), "XXX");
  for (const std::string_view text : {"", "EU", "EURO", "eur", "E R", "EU1", "EU\xc3", "@UR", "[UR"}) {
    EXPECT_EQ(Currency::parse(text), std::nullopt) << text;
  }
}

TEST(Scale, RoundsHalfAwayFromZero) {
  static_assert(scale(5, 1, 2) == 3);
  static_assert(scale(-5, 1, 2) == -3);
  static_assert(scale(4, 1, 3) == 1);
  static_assert(scale(5, 1, 3) == 2);
  static_assert(scale(1999, 19, 100) == 380);
  static_assert(scale(0, 19, 100) == 0);
}

TEST(Scale, DoesNotOverflowOnTheWay) {
  constexpr auto large = std::numeric_limits<std::int64_t>::max();
  static_assert(scale(large, large, large) == large);
  static_assert(scale(-large, large, large) == -large);
}

TEST(AmountMax, LeavesRoomForTheSumOfTheLargestCart) {
  constexpr std::int64_t lines = 1'000;
  constexpr std::int64_t units = 10'000;
  static_assert(kAmountMax <= std::numeric_limits<std::int64_t>::max() / (lines * units));
}

RC_GTEST_PROP(ScaleProperty, IsOddAndWithinHalfAUnit, ()) {
  const auto amount = *rc::gen::inRange<std::int64_t>(0, kAmountMax + 1);
  const auto denominator = *rc::gen::inRange<std::int64_t>(1, 100'001);
  const auto numerator = *rc::gen::inRange<std::int64_t>(0, denominator + 1);
  const auto scaled = scale(amount, numerator, denominator);
  RC_ASSERT(scale(-amount, numerator, denominator) == -scaled);
  const auto error = static_cast<Int128>(scaled) * denominator - static_cast<Int128>(amount) * numerator;
  RC_ASSERT(2 * error <= denominator);
  RC_ASSERT(2 * error > -denominator);
}

RC_GTEST_PROP(ScaleProperty, ByOneChangesNothing, ()) {
  const auto amount = *rc::gen::inRange<std::int64_t>(-kAmountMax, kAmountMax + 1);
  RC_ASSERT(scale(amount, 1, 1) == amount);
}

}  // namespace
}  // namespace shopflow
