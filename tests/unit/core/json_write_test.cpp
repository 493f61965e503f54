#include "shopflow/core/json_write.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "unit/core/json_shapes.hpp"

namespace shopflow::json {
namespace {

using testing::Everything;

std::string written(std::string_view text) {
  std::string out;
  write_string(out, text);
  return out;
}

TEST(JsonWrite, WritesEveryKindOfMember) {
  Everything value;
  value.flag = true;
  value.small = -1;
  value.large = std::numeric_limits<std::int64_t>::min();
  value.text = "a\"b";
  value.price = {1999, *Currency::parse("EUR")};
  value.note = "";
  value.patch = std::optional<std::int32_t>{};
  value.lines = {{SkuId{}, 2}};
  value.gaps = {1, std::nullopt};
  value.labels = {{"k\n", "v"}};
  value.raw.text = R"({"x":1})";
  EXPECT_EQ(
      to_json(value),
      R"({"flag":true,"small":-1,"medium":0,"large":-9223372036854775808,"text":"a\"b",)"
      R"("id":"ord_00000000000000000000000000","price":{"amount":1999,"currency":"EUR"},"currency":"XXX",)"
      R"("at":"1970-01-01T00:00:00.000Z","colour":"red","note":"","patch":null,)"
      R"("lines":[{"sku_id":"sku_00000000000000000000000000","quantity":2}],"gaps":[1,null],)"
      R"("labels":{"k\n":"v"},"raw":{"x":1}})");
}

TEST(JsonWrite, LeavesEmptyOptionalsOutAndKeepsEmptyCollections) {
  const auto text = to_json(Everything{});
  EXPECT_EQ(text.find("note"), std::string::npos);
  EXPECT_EQ(text.find("patch"), std::string::npos);
  EXPECT_NE(text.find(R"("lines":[],"gaps":[],"labels":{})"), std::string::npos);
}

TEST(JsonWrite, AppendsBehindWhatIsThere) {
  std::string out = "data: ";
  write(out, std::vector<std::string>{"x", ","});
  write(out, std::vector<std::string>{});
  EXPECT_EQ(out, R"(data: ["x",","][])");
}

TEST(JsonWrite, AnEmptyCollectionBehindACommaKeepsTheComma) {
  std::string out = ",";
  write(out, std::map<std::string, std::string>{});
  EXPECT_EQ(out, ",{}");
}

TEST(JsonWrite, EscapesWhatMustBeEscaped) {
  EXPECT_EQ(written("\"\\/\b\f\n\r\t"), R"("\"\\/\u0008\u000c\n\r\t")");
  EXPECT_EQ(written(std::string_view{"\0\x1f\x7f", 3}), "\"\\u0000\\u001f\x7f\"");
  EXPECT_EQ(written("ä€😀"), "\"ä€😀\"");
}

TEST(JsonWrite, AShortTextHasNotTheRoomOfALongOneBeforeIt) {
  using Texts = std::vector<std::string>;
  const auto bytes = to_json(Texts{std::string(100'000, 'a')}).size();
  EXPECT_EQ(bytes, 100'004U);
  EXPECT_LE(to_json(Texts{std::string(40, 'a')}).capacity(), 2 * 44U);
}

TEST(JsonWrite, EveryByteIsWrittenAlikeWhereverItStands) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string alone(1, static_cast<char>(byte));
    auto form = written(alone);
    form = form.substr(1, form.size() - 2);
    for (std::size_t before = 0; before < 18; ++before) {
      const std::string head(before, 'a');
      EXPECT_EQ(written(head + alone + "bcdefghij"), '"' + head + form + "bcdefghij\"")
          << byte << ' ' << before;
    }
  }
}

TEST(JsonWrite, ReplacesInvalidUtf8ByMaximalParts) {
  EXPECT_EQ(written("a\xff"), "\"a\xEF\xBF\xBD\"");
  EXPECT_EQ(written("\xe2\x82"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(written("\xc0\xaf"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(written("\xed\xa0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(written("\xf1\x80\x80\xe1\x80\xc2z"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\"");
}

TEST(JsonWrite, DoublesReadBackAndWhatJsonCannotSayIsNull) {
  EXPECT_EQ(to_json(testing::Measured{0.1}), R"({"value":0.1})");
  EXPECT_EQ(to_json(testing::Measured{1e300}), R"({"value":1e+300})");
  EXPECT_EQ(to_json(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(to_json(-std::numeric_limits<double>::infinity()), "null");
}

TEST(JsonWrite, EmptyRawIsNull) { EXPECT_EQ(to_json(Raw{}), "null"); }

TEST(JsonWrite, APageCarriesItsCursorOnlyWhenThereIsMore) {
  EXPECT_EQ(to_json(List<testing::Line>{}), R"({"data":[],"has_more":false})");
  EXPECT_EQ(to_json(List<testing::Line>{{}, true, "abc"}),
            R"({"data":[],"has_more":true,"next_cursor":"abc"})");
  EXPECT_EQ(Shape<List<testing::Line>>::name, "LineList");
}

TEST(JsonNames, GoBothWays) {
  static_assert(name_of(testing::Colour::green) == "green");
  static_assert(value_of<testing::Colour>("blue") == testing::Colour::blue);
  EXPECT_EQ(value_of<testing::Colour>("Blue"), std::nullopt);
  EXPECT_THROW((void)name_of(static_cast<testing::Colour>(9)), std::logic_error);
}

}  // namespace
}  // namespace shopflow::json
