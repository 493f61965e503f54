#include "http/rate_book.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <thread>
#include <vector>

namespace shopflow::http {
namespace {

using namespace std::chrono_literals;
using Moment = RateBook::Clock::time_point;

constexpr Moment kBegin{1000s};
constexpr Rate kTen{10};  // a minute

bool takes(RateBook& book, std::uint64_t key, Moment now, const Rate& rate = kTen) {
  return book.take(key, rate, now) == 0ns;
}

TEST(RateBook, LetsTheWholeRateThroughAtOnceAndThenNoMore) {
  RateBook book;
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(takes(book, 7, kBegin)) << i;
  EXPECT_EQ(book.take(7, kTen, kBegin), 6s);
  EXPECT_EQ(book.take(7, kTen, kBegin + 2s), 4s);
}

TEST(RateBook, GivesATokenBackWheneverItsShareOfTheWindowHasPassed) {
  RateBook book;
  for (int i = 0; i < 10; ++i) (void)takes(book, 7, kBegin);
  EXPECT_TRUE(takes(book, 7, kBegin + 6s));
  EXPECT_FALSE(takes(book, 7, kBegin + 6s));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(takes(book, 7, kBegin + 66s)) << i;
  EXPECT_FALSE(takes(book, 7, kBegin + 66s));
}

TEST(RateBook, TakesNothingByLooking) {
  RateBook book;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(book.look(7, kTen, kBegin), 0ns);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(takes(book, 7, kBegin));
  EXPECT_EQ(book.look(7, kTen, kBegin), 6s);
}

TEST(RateBook, ARefusalCostsNothing) {
  RateBook book;
  for (int i = 0; i < 1000; ++i) (void)takes(book, 7, kBegin);
  EXPECT_TRUE(takes(book, 7, kBegin + 6s));
}

TEST(RateBook, ForgetsInAFullPlaceTheOneThatIsNearestToBeingFull) {
  RateBook book;
  constexpr std::uint64_t step = 1ULL << 40U;  // all of these share a place
  for (int i = 0; i < 10; ++i) (void)takes(book, 1, kBegin);
  for (std::uint64_t i = 1; i <= 1000; ++i) EXPECT_TRUE(takes(book, 1 + i * step, kBegin));
  EXPECT_FALSE(takes(book, 1, kBegin));
}

RC_GTEST_PROP(RateBook, NeverLetsMoreThroughThanTheRateAndABurst, (std::vector<std::uint16_t> pauses_ms)) {
  RateBook book;
  auto now = kBegin;
  std::int64_t through = 0;
  for (const auto pause : pauses_ms) {
    now += std::chrono::milliseconds{pause};
    if (takes(book, 3, now)) ++through;
  }
  const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now - kBegin).count();
  RC_ASSERT(through <= 10 + (passed + 1) * 10 / 60);
}

TEST(RateBook, CountsEveryRequestOfManyThreads) {
  RateBook book;
  constexpr Rate rate{1000};
  std::atomic<int> through = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 1000; ++n) through += takes(book, 5, kBegin, rate) ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(through.load(), 1000);
}

}  // namespace
}  // namespace shopflow::http
