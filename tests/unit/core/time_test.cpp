#include "shopflow/core/time.hpp"

#include <gtest/gtest.h>
// RapidCheck's bridge needs GoogleTest's declarations first.
#include <rapidcheck/gtest.h>

namespace shopflow {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

std::string again(std::string_view text) {
  const auto at = parse_rfc3339(text);
  return at ? to_rfc3339(*at) : "refused";
}

TEST(Rfc3339, ReadsOffsetsAndFractionsIntoUtc) {
  EXPECT_EQ(again("2026-11-21T08:15:30Z"), "2026-11-21T08:15:30.000Z");
  EXPECT_EQ(again("2026-11-21t08:15:30.1z"), "2026-11-21T08:15:30.100Z");
  EXPECT_EQ(again("2026-11-21T08:15:30.123456+05:30"), "2026-11-21T02:45:30.123Z");
  EXPECT_EQ(again("2026-12-31T23:59:59-00:01"), "2027-01-01T00:00:59.000Z");
  EXPECT_EQ(again("2028-02-29T00:00:00-00:00"), "2028-02-29T00:00:00.000Z");
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.000001Z"), Timestamp{microseconds{1}});
}

TEST(Rfc3339, RefusesEveryOtherText) {
  for (const std::string_view text : {"",
                                      "2026",
                                      "2026-11-21",
                                      "2026-11-21T08:15Z",
                                      "2026-11-21T08:15:30",
                                      "2026-11-21 08:15:30Z",
                                      "2026-11-21T08:15:30.Z",
                                      "2026-11-21T08:15:30.1234567Z",
                                      "2026-11-21T08:15:30,1Z",
                                      "2026-13-01T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-02-29T00:00:00Z",
                                      "2026-11-31T00:00:00Z",
                                      "2026-11-00T00:00:00Z",
                                      "2026-11-21T24:00:00Z",
                                      "2026-11-21T08:60:00Z",
                                      "2026-11-21T08:15:60Z",
                                      "2026-11-21T08:15:30+5:30",
                                      "2026-11-21T08:15:30+0530",
                                      "2026-11-21T08:15:30+24:00",
                                      "2026-11-21T08:15:30+00:60",
                                      "2026-11-21T08:15:30Zx",
                                      " 2026-11-21T08:15:30Z",
                                      "+2026-11-21T08:15:30Z",
                                      "-026-11-21T08:15:30Z",
                                      "2026-1-21T08:15:30Z",
                                      "2026-11-21T08:15:30+"}) {
    EXPECT_EQ(again(text), "refused") << text;
  }
}

TEST(Rfc3339, AnOffsetMayNotLeadOutOfTheFourDigitYears) {
  EXPECT_EQ(again("0000-01-01T00:00:00Z"), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(again("0000-01-01T00:00:00+00:01"), "refused");
  EXPECT_EQ(again("9999-12-31T23:59:59.999999Z"), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(again("9999-12-31T23:59:59-00:01"), "refused");
}

TEST(Rfc3339, WritesTheNearestMomentThatFourDigitsCanSay) {
  EXPECT_EQ(to_rfc3339(Timestamp::min()), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(Timestamp::max()), "9999-12-31T23:59:59.999Z");
}

TEST(Rfc3339, RoundsDownBeforeTheEpochToo) {
  EXPECT_EQ(to_rfc3339(Timestamp{microseconds{-1}}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_rfc3339(Timestamp{microseconds{999}}), "1970-01-01T00:00:00.000Z");
}

TEST(ManualClock, MovesOnlyWhenTold) {
  ManualClock clock{Timestamp{milliseconds{5}}};
  EXPECT_EQ(clock.now(), Timestamp{milliseconds{5}});
  clock.advance(milliseconds{2});
  EXPECT_EQ(clock.now(), Timestamp{milliseconds{7}});
}

RC_GTEST_PROP(Rfc3339Property, MillisecondsReadBack, ()) {
  const Timestamp at{milliseconds{*rc::gen::inRange<std::int64_t>(-62'167'219'200'000, 253'402'300'800'000)}};
  RC_ASSERT(parse_rfc3339(to_rfc3339(at)) == at);
}

RC_GTEST_PROP(Rfc3339Property, DamagedTextIsRefusedOrReadsBackAsItself, ()) {
  auto text = to_rfc3339(Timestamp{milliseconds{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000)}});
  text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
  if (const auto at = parse_rfc3339(text)) RC_ASSERT(parse_rfc3339(to_rfc3339(*at)).has_value());
}

}  // namespace
}  // namespace shopflow
