#include "shopflow/inventory/warm_pace.hpp"

#include <gtest/gtest.h>

namespace shopflow::inventory {
namespace {

using namespace std::chrono_literals;

/// How long a round takes if every page is read in `took`.
WarmPace::Milliseconds round_of(WarmPace& pace, std::size_t pages, WarmPace::Milliseconds took) {
  WarmPace::Milliseconds sum{0};
  for (std::size_t page = 1; page <= pages; ++page) sum += took + pace.pause_after(took, page == pages);
  return sum;
}

TEST(WarmPace, TheFirstRoundRestsAsLongAsItReads) {
  WarmPace pace;
  EXPECT_EQ(pace.pause_after(7ms, false), 7ms);
  EXPECT_EQ(pace.pause_after(0ms, false), 1ms);
}

TEST(WarmPace, TheRoundsAfterItAreSpreadEvenly) {
  for (const auto& [pages, expected] :
       {std::pair{1U, 10'000ms}, {10U, 10'000ms}, {100U, 20'000ms}, {1000U, 200'000ms}}) {
    WarmPace pace;
    (void)round_of(pace, pages, 5ms);
    EXPECT_EQ(round_of(pace, pages, 5ms), expected) << pages;
    EXPECT_EQ(round_of(pace, pages, 5ms), expected) << pages;
  }
}

TEST(WarmPace, AnswersAreKeptForARoundAndAHalfAndAtLeastAsLongAsEver) {
  for (const auto& [pages, expected] : {std::pair{1U, 30'000ms}, {100U, 30'000ms}, {1000U, 300'000ms}}) {
    WarmPace pace;
    EXPECT_EQ(pace.kept(), 30'000ms);
    (void)round_of(pace, pages, 5ms);
    EXPECT_EQ(pace.kept(), expected);
    EXPECT_EQ(pace.spare() * 3 >= pace.kept(), true);
  }
}

TEST(WarmPace, ThatTheCatalogueGrowsIsSeenBeforeTheRoundEnds) {
  WarmPace pace;
  (void)round_of(pace, 1, 5ms);
  for (int page = 0; page < 500; ++page) (void)pace.pause_after(5ms, false);
  EXPECT_EQ(pace.kept(), 150'000ms);
}

TEST(WarmPace, ASlowDatabaseIsGivenAsMuchRestAsWork) {
  WarmPace pace;
  (void)round_of(pace, 1000, 5ms);
  EXPECT_EQ(pace.pause_after(900ms, false), 900ms);
}

TEST(WarmPace, BeginningAgainHurriesUntilTheEnd) {
  WarmPace pace;
  (void)round_of(pace, 100, 5ms);
  EXPECT_EQ(pace.pause_after(5ms, false), 195ms);
  pace.begin_again();
  EXPECT_EQ(pace.pause_after(5ms, false), 5ms);
  EXPECT_EQ(pace.pause_after(5ms, true), 10'000ms / 2 - 5ms);
}

}  // namespace
}  // namespace shopflow::inventory
