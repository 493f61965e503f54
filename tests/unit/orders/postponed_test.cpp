#include "orders/postponed.hpp"

#include <gtest/gtest.h>

namespace shopflow::orders {
namespace {

TEST(Postponed, AnOrderIsLeftAloneForItsPauseAndNoLonger) {
  const Timestamp now = Timestamp{} + std::chrono::hours{1};
  const auto order = OrderId::make(now);
  Postponed postponed;
  EXPECT_FALSE(postponed.contains(order, now));
  postponed.add(order, now);
  EXPECT_TRUE(postponed.contains(order, now));
  postponed.tidy(now + Postponed::kPause - std::chrono::microseconds{1});
  EXPECT_TRUE(postponed.contains(order, now + Postponed::kPause - std::chrono::microseconds{1}));
  EXPECT_FALSE(postponed.contains(order, now + Postponed::kPause));
  postponed.tidy(now + Postponed::kPause);
  EXPECT_FALSE(postponed.contains(order, now));
}

TEST(Postponed, AClockThatIsSetBackProlongsNoPause) {
  const Timestamp now{std::chrono::hours{24}};
  const auto order = OrderId::make(now);
  Postponed postponed;
  postponed.add(order, now);
  EXPECT_FALSE(postponed.contains(order, now - std::chrono::hours{1}));
}

}  // namespace
}  // namespace shopflow::orders
