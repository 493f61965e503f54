#include "shopflow/http/trace.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace shopflow::http {
namespace {

constexpr std::string_view kGiven = "0af7651916cd43dd8448eb211c80319c";

std::string continued(const std::string& field) {
  Trace trace;
  continue_trace(field, trace);
  EXPECT_EQ(trace.trace_id.size(), 32U);
  EXPECT_EQ(trace.span_id.size(), 16U);
  return trace.trace_id;
}

TEST(Trace, GoesOnWithTheCallersTraceInASpanOfItsOwn) {
  const std::string field = "00-" + std::string{kGiven} + "-b7ad6b7169203331-01";
  EXPECT_EQ(continued(field), kGiven);
  EXPECT_EQ(continued("cc-" + field.substr(3) + "-of-a-later-version"), kGiven);
  Trace trace;
  continue_trace(field, trace);
  EXPECT_NE(trace.span_id, "b7ad6b7169203331");
  EXPECT_EQ(trace.traceparent(), "00-" + std::string{kGiven} + "-" + trace.span_id + "-01");
}

TEST(Trace, BeginsANewOneWhenTheFieldIsInvalid) {
  const std::string good = "00-" + std::string{kGiven} + "-b7ad6b7169203331-01";
  auto upper = good;
  upper[4] = 'A';
  for (const auto& field :
       {std::string{}, good + "-x", "ff" + good.substr(2), "0" + good, good.substr(0, 54), upper,
        "0x" + good.substr(2), "00-" + std::string(32, '0') + "-b7ad6b7169203331-01",
        "00-" + std::string{kGiven} + "-0000000000000000-01", "00_" + good.substr(3),
        "cc" + good.substr(2) + "x", "00-" + std::string{kGiven} + "-b7ad6b7169203331-0g"}) {
    EXPECT_NE(continued(field), kGiven) << field;
  }
}

TEST(Trace, NeverGivesTheSameIdentifierTwice) {
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(seen.insert(continued("")).second);
}

}  // namespace
}  // namespace shopflow::http
