#include "shopflow/core/backoff.hpp"

#include <gtest/gtest.h>

namespace shopflow {
namespace {

using namespace std::chrono_literals;

Uuid some_id(std::uint8_t last) {
  Uuid id;
  id.bytes[15] = last;
  return id;
}

TEST(Backoff, EachWaitLiesWithinATenthOfItsStep) {
  const std::array<std::chrono::seconds, 9> steps{1s, 4s, 15s, 60s, 240s, 900s, 3600s, 14400s, 14400s};
  for (int attempt = 1; attempt <= 9; ++attempt) {
    const std::chrono::microseconds step{steps[static_cast<std::size_t>(attempt) - 1]};
    for (int last = 0; last < 256; ++last) {
      const auto wait = backoff(attempt, some_id(static_cast<std::uint8_t>(last)));
      EXPECT_GE(wait, step * 9 / 10);
      EXPECT_LE(wait, step * 11 / 10);
    }
  }
}

TEST(Backoff, TwentyFiveAttemptsTakeAboutThreeDays) {
  std::chrono::microseconds sum{0};
  for (int attempt = 1; attempt < kAttemptsMax; ++attempt) sum += backoff(attempt, some_id(7));
  EXPECT_GT(sum, 60h);
  EXPECT_LT(sum, 80h);
}

TEST(Backoff, WhatFailedTogetherDoesNotComeBackTogether) {
  EXPECT_NE(backoff(3, some_id(1)), backoff(3, some_id(2)));
}

}  // namespace
}  // namespace shopflow
