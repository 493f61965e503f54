#include "events/pace.hpp"

#include <gtest/gtest.h>

namespace shopflow::events {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStep{20};
constexpr milliseconds kRushStep{40};
constexpr std::size_t kRush = 1000;

class PaceTest : public ::testing::Test {
 protected:
  void pass(std::size_t events, milliseconds later) { pace_.passed(events, now_ += later); }

  RelaySettings settings_ = [] {
    RelaySettings settings;
    settings.gather = kStep;
    settings.gather_in_rush = kRushStep;
    settings.rush_events_per_s = kRush;
    return settings;
  }();
  Pace pace_{settings_};
  Pace::Moment now_{std::chrono::hours{1}};
};

TEST_F(PaceTest, StepsAreLongerWhileEventsComeInARush) {
  EXPECT_EQ(pace_.step(), kStep);
  pass(500, milliseconds{0});
  EXPECT_EQ(pace_.step(), kStep) << "they may have come since long ago";
  pass(100, milliseconds{100});
  EXPECT_EQ(pace_.step(), kRushStep);
  pass(99, milliseconds{100});
  EXPECT_EQ(pace_.step(), kStep);
}

TEST_F(PaceTest, APassRightAfterAnotherIsNoRushByItself) {
  pass(10, milliseconds{1000});
  pass(19, milliseconds{1});
  EXPECT_EQ(pace_.step(), kStep);
  pass(20, milliseconds{1});
  EXPECT_EQ(pace_.step(), kRushStep);
}

TEST_F(PaceTest, ARushIsOverWhenThereIsNothingToDo) {
  pass(1, milliseconds{1});
  pass(1000, milliseconds{20});
  ASSERT_EQ(pace_.step(), kRushStep);
  pace_.rested();
  EXPECT_EQ(pace_.step(), kStep);
}

TEST_F(PaceTest, StepsAreNeverShorterInARush) {
  settings_.gather_in_rush = milliseconds{0};
  Pace pace{settings_};
  pace.passed(1000, now_);
  pace.passed(1000, now_ + kStep);
  EXPECT_EQ(pace.step(), kStep);
}

TEST_F(PaceTest, WhoGoesOnWithoutStepsDoesSoInARushToo) {
  settings_.gather = milliseconds{0};
  Pace pace{settings_};
  pace.passed(1000, now_);
  pace.passed(1000, now_);
  EXPECT_EQ(pace.step(), milliseconds{0});
}

}  // namespace
}  // namespace shopflow::events
