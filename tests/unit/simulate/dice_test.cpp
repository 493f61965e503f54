#include "simulate/dice.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

namespace shopflow::simulate {
namespace {

TEST(Dice, TheSameSeedThrowsTheSame) {
  Dice a{7};
  Dice b{7};
  Dice other{8};
  EXPECT_EQ(a.next(), b.next());
  EXPECT_EQ(a.between(1, 1'000'000), b.between(1, 1'000'000));
  EXPECT_NE(a.next(), other.next());
}

TEST(Dice, NumbersStayWithinTheirLimitsAndReachThem) {
  Dice dice{1};
  std::array<int, 4> seen{};
  for (int i = 0; i < 1'000; ++i) ++seen.at(static_cast<std::size_t>(dice.between(1, 4)) - 1);
  for (const int count : seen) EXPECT_GT(count, 150);
  EXPECT_EQ(dice.between(5, 5), 5);
  EXPECT_FALSE(dice.chance(0));
  EXPECT_TRUE(dice.chance(100));
}

TEST(WeightedChoice, PicksInProportionToTheWeights) {
  const WeightedChoice choice{{6, 0, 3, 1}};
  Dice dice{3};
  std::array<int, 4> seen{};
  for (int i = 0; i < 10'000; ++i) ++seen.at(choice.pick(dice));
  EXPECT_NEAR(seen[0], 6'000, 300);
  EXPECT_EQ(seen[1], 0);
  EXPECT_NEAR(seen[2], 3'000, 300);
  EXPECT_NEAR(seen[3], 1'000, 200);
}

TEST(WeightedChoice, NeedsSomethingToChooseFrom) {
  EXPECT_THROW(WeightedChoice{{}}, std::invalid_argument);
  const std::vector<std::uint32_t> nothing{0, 0};
  EXPECT_THROW(WeightedChoice{nothing}, std::invalid_argument);
}

TEST(Popularity, FallsWithTheRankAndNeverToNothing) {
  const auto weights = popularity(3'000'000);
  EXPECT_EQ(weights[0], 1'000'000U);
  EXPECT_EQ(weights[1], 500'000U);
  EXPECT_EQ(weights.back(), 1U);
}

}  // namespace
}  // namespace shopflow::simulate
