#include "simulate/latency.hpp"

#include <gtest/gtest.h>

namespace shopflow::simulate {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;

TEST(Latency, NothingTookNoTime) {
  const LatencyHistogram none;
  EXPECT_EQ(none.count(), 0U);
  EXPECT_EQ(none.quantile(0.99), microseconds{0});
}

TEST(Latency, ShortTimesAreExact) {
  LatencyHistogram histogram;
  for (int i = 1; i <= 20; ++i) histogram.add(microseconds{i});
  EXPECT_EQ(histogram.quantile(0.5), microseconds{10});
  EXPECT_EQ(histogram.quantile(1), microseconds{20});
  EXPECT_EQ(histogram.quantile(0), microseconds{1});
}

TEST(Latency, EveryFigureIsWithinOnePercentAndNeverTooSmall) {
  for (std::int64_t time = 1; time < 3'000'000'000; time = time * 17 / 16 + 1) {
    LatencyHistogram histogram;
    histogram.add(microseconds{time});
    histogram.add(hours{1});
    const auto found = histogram.quantile(0.5).count();
    EXPECT_GE(found, time);
    EXPECT_LE(found, time + time / 128 + 1);
  }
}

TEST(Latency, QuantilesSplitAsTheTimesDo) {
  LatencyHistogram histogram;
  for (int i = 1; i <= 1'000; ++i) histogram.add(microseconds{i * 1'000});
  EXPECT_NEAR(static_cast<double>(histogram.quantile(0.5).count()), 500'000, 4'000);
  EXPECT_NEAR(static_cast<double>(histogram.quantile(0.99).count()), 990'000, 8'000);
  EXPECT_EQ(histogram.max(), microseconds{1'000'000});
}

TEST(Latency, WhatIsBeyondTheLastBucketCountsThereAndKeepsItsMaximum) {
  LatencyHistogram histogram;
  histogram.add(hours{1'000});
  histogram.add(microseconds{-5});
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_EQ(histogram.max(), hours{1'000});
  EXPECT_EQ(histogram.quantile(0.5), microseconds{0});
}

TEST(Latency, ManyOfOneTimeCountAsOften) {
  LatencyHistogram histogram;
  histogram.add(microseconds{5}, 99);
  histogram.add(microseconds{9});
  EXPECT_EQ(histogram.count(), 100U);
  EXPECT_EQ(histogram.quantile(0.99), microseconds{5});
}

TEST(Latency, MergingIsAddingAll) {
  LatencyHistogram a;
  LatencyHistogram b;
  a.add(microseconds{5});
  b.add(microseconds{9});
  a.merge(b);
  EXPECT_EQ(a.count(), 2U);
  EXPECT_EQ(a.max(), microseconds{9});
  EXPECT_EQ(a.quantile(0.5), microseconds{5});
}

}  // namespace
}  // namespace shopflow::simulate
