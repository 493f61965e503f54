#include "shopflow/core/json_query.hpp"

#include <gtest/gtest.h>

#include "unit/core/json_shapes.hpp"

namespace shopflow::json {
namespace {

using testing::Colour;
using testing::Filter;
using Lines = std::vector<std::string>;

Lines problems(const QueryPairs& pairs, const ErrorCode& expected) {
  const auto result = read_query<Filter>(pairs);
  if (result) return {"accepted"};
  EXPECT_EQ(result.error().code, expected.code);
  Lines out;
  for (const auto& field : result.error().fields) out.push_back(field.code + " " + field.pointer);
  return out;
}

Lines malformed(const QueryPairs& pairs) { return problems(pairs, errors::invalid_request); }
Lines outside(const QueryPairs& pairs) { return problems(pairs, errors::validation_failed); }

TEST(JsonQuery, ReadsEveryKindOfParameter) {
  const auto filter = read_query<Filter>({{"limit", "100"},
                                          {"colour", "red,blue"},
                                          {"product", "prd_01h455vb4pex5vsknk084sn02q"},
                                          {"since", "2026-11-21T08:15:30Z"},
                                          {"in_stock", "true"},
                                          {"q", "mug, blue"}});
  ASSERT_TRUE(filter) << filter.error().detail;
  EXPECT_EQ(filter->limit, 100);
  EXPECT_EQ(filter->colour, (std::vector{Colour::red, Colour::blue}));
  EXPECT_EQ(filter->product->str(), "prd_01h455vb4pex5vsknk084sn02q");
  EXPECT_EQ(to_rfc3339(*filter->since), "2026-11-21T08:15:30.000Z");
  EXPECT_EQ(filter->in_stock, true);
  EXPECT_EQ(filter->q, "mug, blue");
}

TEST(JsonQuery, OptionalParametersMayLackAndRequiredOnesMayNot) {
  EXPECT_TRUE(read_query<Filter>({{"q", "x"}}));
  EXPECT_EQ(malformed({}), Lines{"required /query/q"});
}

TEST(JsonQuery, UnknownAndRepeatedParametersAreRefused) {
  EXPECT_EQ(malformed({{"q", "x"}, {"Q", "x"}}), Lines{"unknown_field /query/Q"});
  EXPECT_EQ(malformed({{"q", "x"}, {"q", "y"}}), Lines{"repeated /query/q"});
}

TEST(JsonQuery, NumbersAreWholeAndNothingElse) {
  for (const auto* text : {"", " 1", "1 ", "+1", "1.0", "1e1", "x", "0x1", "--1"}) {
    EXPECT_EQ(malformed({{"q", "x"}, {"limit", text}}), Lines{"wrong_type /query/limit"}) << text;
  }
  for (const auto* text : {"0", "-1", "101", "99999999999999999999999"}) {
    EXPECT_EQ(outside({{"q", "x"}, {"limit", text}}), Lines{"out_of_range /query/limit"}) << text;
  }
}

TEST(JsonQuery, BooleansAreTrueOrFalse) {
  for (const auto* text : {"", "1", "True", "yes"}) {
    EXPECT_EQ(malformed({{"q", "x"}, {"in_stock", text}}), Lines{"wrong_type /query/in_stock"}) << text;
  }
}

TEST(JsonQuery, ListsAreCheckedElementByElement) {
  EXPECT_EQ(outside({{"q", "x"}, {"colour", "red,pink"}}), Lines{"not_allowed /query/colour"});
  EXPECT_EQ(outside({{"q", "x"}, {"colour", "red,,blue"}}),
            (Lines{"not_allowed /query/colour", "too_many /query/colour"}));
  EXPECT_EQ(outside({{"q", "x"}, {"colour", ""}}), Lines{"too_few /query/colour"});
  EXPECT_EQ(malformed({{"q", "x"}, {"colour", "red,"}}), Lines{"wrong_type /query/colour"});
}

TEST(JsonQuery, TextsAreLimitedAndValid) {
  EXPECT_EQ(outside({{"q", ""}}), Lines{"too_short /query/q"});
  EXPECT_EQ(outside({{"q", std::string(21, 'x')}}), Lines{"too_long /query/q"});
  EXPECT_EQ(malformed({{"q", "a\xff"}}), Lines{"wrong_type /query/q"});
  EXPECT_EQ(malformed({{"q", std::string("a\0b", 3)}}), Lines{"wrong_type /query/q"});
}

}  // namespace
}  // namespace shopflow::json
