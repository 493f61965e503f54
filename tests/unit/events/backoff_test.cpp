#include "shopflow/events/backoff.hpp"

#include <gtest/gtest.h>

#include <array>

namespace shopflow::events {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, FollowsItsTableAndStaysAtFourHours) {
  const std::array<std::chrono::milliseconds, 10> table{1s, 4s, 15s, 1min, 4min, 15min, 1h, 4h, 4h, 4h};
  for (std::size_t i = 0; i < table.size(); ++i)
    EXPECT_EQ(backoff(static_cast<int>(i) + 1, 0), table[i]) << i + 1;
  EXPECT_EQ(backoff(kAttemptsMax, 0), 4h);
  EXPECT_EQ(backoff(0, 0), 1s);
}

TEST(Backoff, JitterMovesItByATenthAtMost) {
  EXPECT_EQ(backoff(1, 1), 1100ms);
  EXPECT_EQ(backoff(1, -1), 900ms);
  EXPECT_EQ(backoff(4, 0.5), 63s);
  EXPECT_EQ(backoff(1, 7), 1100ms);
}

TEST(Backoff, AllAttemptsTogetherTakeAboutThreeDays) {
  std::chrono::milliseconds sum{0};
  for (int attempt = 1; attempt < kAttemptsMax; ++attempt) sum += backoff(attempt, 0);
  EXPECT_GT(sum, 66h);
  EXPECT_LT(sum, 78h);
}

TEST(Spread, LiesBetweenMinusOneAndOneAndDiffersForNeighbours) {
  double lowest = 1;
  double highest = -1;
  for (std::int64_t position = 1; position <= 1000; ++position) {
    lowest = std::min(lowest, spread(position, 1));
    highest = std::max(highest, spread(position, 1));
  }
  EXPECT_GE(lowest, -1.0);
  EXPECT_LT(lowest, -0.9);
  EXPECT_GT(highest, 0.9);
  EXPECT_LE(highest, 1.0);
  EXPECT_NE(spread(7, 1), spread(7, 2));
}

}  // namespace
}  // namespace shopflow::events
