#include "shopflow/core/json_read.hpp"

#include <gtest/gtest.h>

#include <string>

#include "unit/core/json_shapes.hpp"

namespace shopflow::json {
namespace {

using testing::Everything;
using testing::Line;
using testing::Order;

constexpr std::string_view kSku = "sku_01h455vb4pex5vsknk084sn02q";

/// One line for each field error: "code pointer".
std::vector<std::string> lines(const Error& error) {
  std::vector<std::string> out;
  for (const auto& field : error.fields) out.push_back(field.code + " " + field.pointer);
  return out;
}

template <class T>
std::vector<std::string> problems(std::string_view body, const ErrorCode& expected) {
  const auto result = read<T>(body);
  if (result) return {"accepted"};
  EXPECT_EQ(result.error().code, expected.code) << body;
  EXPECT_EQ(result.error().kind, expected.kind) << body;
  return lines(result.error());
}

template <class T>
std::vector<std::string> malformed(std::string_view body) {
  return problems<T>(body, errors::invalid_request);
}

template <class T>
std::vector<std::string> outside(std::string_view body) {
  return problems<T>(body, errors::validation_failed);
}

using Lines = std::vector<std::string>;

std::string line(std::string_view quantity) {
  return R"({"sku_id":")" + std::string{kSku} + R"(","quantity":)" + std::string{quantity} + "}";
}

/// An order with further members, or with other values for its own.
std::string order(std::string_view more = "", std::string_view email = "a@example.org",
                  std::string_view country = "DE", std::string_view mode = "slow") {
  return R"({"lines":[)" + line("1") + R"(],"email":")" + std::string{email} + R"(","country":")" +
         std::string{country} + R"(","mode":")" + std::string{mode} + "\"" + std::string{more} + "}";
}

TEST(JsonRead, TakesEveryKindOfMember) {
  const auto read_back =
      read<Everything>(R"({"flag":true,"small":-32768,"medium":2147483647,"large":9223372036854775807,
    "text":"ä€😀\"\\","id":"ord_01h455vb4pex5vsknk084sn02q","price":{"amount":-5,"currency":"EUR"},"currency":"USD",
    "at":"2026-11-21T09:15:30.5+01:00","colour":"blue","note":null,"patch":null,"lines":[],"gaps":[1,null],
    "labels":{"k":"v"},"raw":{"x":[1.50,"ä"]}})");
  ASSERT_TRUE(read_back) << read_back.error().detail;
  EXPECT_EQ(read_back->small, -32768);
  EXPECT_EQ(read_back->large, 9223372036854775807);
  EXPECT_EQ(read_back->text, "ä€😀\"\\");
  EXPECT_EQ(read_back->id.str(), "ord_01h455vb4pex5vsknk084sn02q");
  EXPECT_EQ(read_back->price, (Money{-5, *Currency::parse("EUR")}));
  EXPECT_EQ(to_rfc3339(read_back->at), "2026-11-21T08:15:30.500Z");
  EXPECT_EQ(read_back->colour, testing::Colour::blue);
  EXPECT_EQ(read_back->note, std::nullopt);
  ASSERT_TRUE(read_back->patch.has_value());
  EXPECT_FALSE(read_back->patch->has_value());
  EXPECT_EQ(read_back->gaps, (std::vector<std::optional<std::int32_t>>{1, std::nullopt}));
  EXPECT_EQ(read_back->raw.text, R"({"x":[1.50,"ä"]})");
}

TEST(JsonRead, AnAbsentPatchIsNotANull) {
  const auto tree = read<Order>(order());
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->tags, std::vector<std::string>{"none"});
  EXPECT_EQ(tree->priority, 5);
}

TEST(JsonRead, ARequiredFieldMayNeitherLackNorBeNull) {
  EXPECT_EQ(malformed<Line>("{}"), (Lines{"required /sku_id", "required /quantity"}));
  EXPECT_EQ(malformed<Line>(R"({"sku_id":null,"quantity":null})"),
            (Lines{"wrong_type /sku_id", "wrong_type /quantity"}));
}

TEST(JsonRead, AnUnknownFieldIsRefusedAndItsPointerEscaped) {
  EXPECT_EQ(malformed<Order>(order(R"(,"a/b~c":1,"":2)")),
            (Lines{"unknown_field /a~1b~0c", "unknown_field /"}));
}

TEST(JsonRead, ThePointerLeadsIntoTheDepth) {
  EXPECT_EQ(malformed<Order>(R"({"lines":[)" + line("1") + "," + line("\"1\"") +
                             R"(,7],"email":"a@b.de","country":"DE","mode":"slow"})"),
            (Lines{"wrong_type /lines/1/quantity", "wrong_type /lines/2"}));
}

TEST(JsonRead, AnotherKindOfValueThanDeclaredIsAWrongType) {
  for (const auto* body : {"[]", "1", "null", "\"x\"", "true"})
    EXPECT_EQ(malformed<Line>(body), Lines{"wrong_type "});
  for (const auto* value : {"1.0", "1e2", "1E0", "\"1\"", "true", "null", "[]", "{}"}) {
    EXPECT_EQ(malformed<Line>(line(value)), Lines{"wrong_type /quantity"}) << value;
  }
}

TEST(JsonRead, AnIntegerOutsideOfItsTypeOrLimitsIsOutOfRange) {
  for (const auto* value : {"0", "-1", "10001", "2147483648", "9223372036854775808", "-9223372036854775809",
                            "1000000000000000000000000000000"}) {
    EXPECT_EQ(outside<Line>(line(value)), Lines{"out_of_range /quantity"}) << value;
  }
  EXPECT_TRUE(read<Line>(line("1")));
  EXPECT_TRUE(read<Line>(line("10000")));
}

TEST(JsonRead, TextsOfAFixedFormAreHeldToIt) {
  for (const auto* id : {"", "sku_", "x", "ord_01h455vb4pex5vsknk084sn02q", "sku_81h455vb4pex5vsknk084sn02q",
                         "sku_01H455VB4PEX5VSKNK084SN02Q", "sku_01h455vb4pex5vsknk084sn02q "}) {
    EXPECT_EQ(outside<Line>(R"({"sku_id":")" + std::string{id} + R"(","quantity":1})"),
              Lines{"invalid_format /sku_id"});
  }
}

TEST(JsonRead, MoneyHasTwoMembersAndALimit) {
  EXPECT_EQ(malformed<Order>(order(R"(,"tip":{"amount":1})")), Lines{"required /tip/currency"});
  EXPECT_EQ(malformed<Order>(order(R"(,"tip":{"amount":1,"currency":"EUR","x":1})")),
            Lines{"unknown_field /tip/x"});
  EXPECT_EQ(malformed<Order>(order(R"(,"tip":{"amount":1.5,"currency":"EUR"})")),
            Lines{"wrong_type /tip/amount"});
  EXPECT_EQ(malformed<Order>(order(R"(,"tip":1)")), Lines{"wrong_type /tip"});
  EXPECT_EQ(outside<Order>(order(R"(,"tip":{"amount":1,"currency":"eur"})")),
            Lines{"invalid_format /tip/currency"});
  for (const auto* amount : {"0", "501", "100000000001", "-100000000001", "9223372036854775808"}) {
    EXPECT_EQ(outside<Order>(order(R"(,"tip":{"currency":"EUR","amount":)" + std::string{amount} + "}")),
              Lines{"out_of_range /tip/amount"});
  }
}

TEST(JsonRead, ALengthCountsCodePointsNotBytes) {
  EXPECT_TRUE(read<Order>(order(R"(,"note":"€€€€€")")));
  EXPECT_EQ(outside<Order>(order(R"(,"note":"€€€€€€")")), Lines{"too_long /note"});
  EXPECT_EQ(outside<Order>(order(R"(,"note":"€")")), Lines{"too_short /note"});
}

TEST(JsonRead, AStringWithoutALimitOfItsOwnHasTheGeneralOne) {
  EXPECT_TRUE(read<Order>(order(R"(,"comment":")" + std::string(1'000, 'x') + "\"")));
  EXPECT_EQ(outside<Order>(order(R"(,"comment":")" + std::string(1'001, 'x') + "\"")),
            Lines{"too_long /comment"});
}

TEST(JsonRead, CollectionsAreLimitedAndSoAreTheirElements) {
  EXPECT_EQ(outside<Order>(order(R"(,"tags":["a","b","c"])")), Lines{"too_many /tags"});
  EXPECT_EQ(outside<Order>(order(R"(,"tags":["","-a"])")),
            (Lines{"too_short /tags/0", "invalid_format /tags/0", "invalid_format /tags/1"}));
  EXPECT_EQ(outside<Order>(order(R"(,"labels":{"a":"1234"})")), Lines{"too_long /labels/a"});
  EXPECT_EQ(outside<Order>(order(R"(,"labels":{"a":"","b":"","c":""})")), Lines{"too_many /labels"});
  EXPECT_EQ(outside<Order>(order(R"(,"labels":{")" + std::string(101, 'k') + R"(":""})")),
            Lines{"too_long /labels/" + std::string(101, 'k')});
  EXPECT_EQ(outside<Order>(R"({"lines":[],"email":"a@b.de","country":"DE","mode":"slow"})"),
            Lines{"too_few /lines"});
}

TEST(JsonRead, AGivenCollectionReplacesTheDefault) {
  const auto result = read<Order>(order(R"(,"tags":["a"])"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->tags, std::vector<std::string>{"a"});
}

TEST(JsonRead, EmailAddressesAndCountries) {
  for (const auto* good : {"a@b.de", "first.last+tag@sub.example.co.uk", "x_y@1.io"}) {
    EXPECT_TRUE(read<Order>(order("", good))) << good;
  }
  for (const auto* bad :
       {"", "a", "@b.de", "a@", "a@b", "a@b.", "a@.de", "a b@c.de", "a@b..de", "a@-b.de", "a@b-.de",
        ".a@b.de", "a.@b.de", "a..b@c.de", "a@b@c.de", "ä@b.de", "a@b.de\\n", "a,b@c.de", "<a@b.de>"}) {
    EXPECT_EQ(outside<Order>(order("", bad)), Lines{"invalid_format /email"}) << bad;
  }
  EXPECT_EQ(outside<Order>(order("", std::string(65, 'a') + "@b.de")), Lines{"invalid_format /email"});
  for (const auto* bad : {"", "D", "de", "DEU", "D1"}) {
    EXPECT_EQ(outside<Order>(order("", "a@b.de", bad)), Lines{"invalid_format /country"}) << bad;
  }
}

TEST(JsonRead, AChoiceIsNotAllowedOutsideOfItsList) {
  EXPECT_EQ(outside<Order>(order("", "a@b.de", "DE", "SLOW")), Lines{"not_allowed /mode"});
}

TEST(JsonRead, AWrongShapeOutweighsPassedLimitsAndStandsFirst) {
  EXPECT_EQ(malformed<Line>(R"({"sku_id":"x"})"), (Lines{"required /quantity", "invalid_format /sku_id"}));
}

TEST(JsonRead, ReportsAtMostThirtyTwoFieldsAndNoWrongShapeIsLostAmongThem) {
  std::string body = R"({"labels":{)";
  for (int i = 0; i < 100; ++i) body += "\"" + std::to_string(i) + "\":\"long\",";
  body += R"("last":1},"lines":[],"email":"a@b.de","country":"DE","mode":"slow"})";
  const auto found = malformed<Order>(body);
  ASSERT_EQ(found.size(), Reading::kErrorsMax);
  EXPECT_EQ(found.front(), "wrong_type /labels/last");
}

TEST(JsonRead, TheDetailTellsOfTheFirstField) {
  EXPECT_EQ(read<Line>(line("0")).error().detail, "/quantity: The value must be between 1 and 10000.");
  EXPECT_EQ(read<Line>("[]").error().detail, "The body: The value must be an object, not an array.");
}

TEST(JsonRead, WhatIsNotJsonIsInvalidJson) { EXPECT_EQ(read<Line>("{").error().code, "invalid_json"); }

TEST(JsonReadTrusted, IgnoresUnknownMembersAndLimitsAndDefaultsTheRest) {
  const auto order_read = read_trusted<Order>(R"({"new":{"x":1},"priority":99,"mode":null,"note":"x"})");
  EXPECT_EQ(order_read.priority, 99);
  EXPECT_EQ(order_read.mode, "");
  EXPECT_EQ(order_read.note, "x");
  EXPECT_EQ(order_read.tags, std::vector<std::string>{"none"});
}

TEST(JsonReadTrusted, ThrowsOnGarbage) {
  for (const auto* text :
       {"", "[]", "{", R"({"priority":"x"})", R"({"tip":{"amount":1}})", R"({"lines":[{"sku_id":"x"}]})"}) {
    EXPECT_THROW((void)read_trusted<Order>(text), std::runtime_error) << text;
  }
}

}  // namespace
}  // namespace shopflow::json
