#include "shopflow/db/array.hpp"

#include <gtest/gtest.h>

#include "shopflow/core/digits.hpp"

namespace shopflow::db {
namespace {

std::string hex(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) append_hex(out, static_cast<std::uint8_t>(c));
  return out;
}

TEST(ArrayBuffer, AnEmptyArrayHasADimensionOfSizeZero) {
  EXPECT_EQ(hex(IntArray{}.bytes()),
            "000000010000000000000017"
            "0000000000000001");
}

TEST(ArrayBuffer, EveryElementCarriesItsLengthAndBigEndianBytes) {
  IntArray numbers;
  numbers.push(1);
  numbers.push(-2);
  EXPECT_EQ(numbers.size(), 2U);
  EXPECT_EQ(hex(numbers.bytes()),
            "000000010000000000000017"
            "0000000200000001"
            "0000000400000001"
            "00000004fffffffe");
}

TEST(ArrayBuffer, ARangeIsPushedElementByElement) {
  const std::vector<std::string> values{"a", "bc"};
  TextArray texts;
  for (const auto& value : values) texts.push(value);
  EXPECT_EQ(TextArray{values}.bytes(), texts.bytes());
}

TEST(ArrayBuffer, ANullHasNoBytesAndSetsTheFlagOfTheHeader) {
  TextArray texts;
  texts.push(std::optional<std::string>{});
  texts.push("a");
  EXPECT_EQ(hex(texts.bytes()),
            "000000010000000100000019"
            "0000000200000001"
            "ffffffff"
            "0000000161");
}

template <class Array>
std::string element_of(const auto& value) {
  Array array;
  array.push(value);
  EXPECT_EQ(array.size(), 1U);
  return hex(array.bytes()).substr(40);
}

TEST(ArrayBuffer, EveryKindHasItsLength) {
  EXPECT_EQ(element_of<UuidArray>(*parse_hyphenated("01890a5d-ac96-774b-bcce-b302099a8057")),
            "0000001001890a5dac96774bbcceb302099a8057");
  EXPECT_EQ(element_of<SmallIntArray>(std::int16_t{-2}), "00000002fffe");
  EXPECT_EQ(element_of<BigIntArray>(std::int64_t{258}), "000000080000000000000102");
  EXPECT_EQ(element_of<BoolArray>(true), "0000000101");
  EXPECT_EQ(element_of<BoolArray>(false), "0000000100");
}

TEST(ArrayBuffer, TimesCountFromTheYear2000) {
  TimestampArray times;
  times.push(*parse_rfc3339("2000-01-01T00:00:00.000001Z"));
  EXPECT_TRUE(hex(times.bytes()).ends_with("000000080000000000000001"));
}

TEST(Slices, EveryRowBeginsAfterTheOneBeforeAndARowWithoutElementsEndsBeforeItBegins) {
  Slices slices;
  IntArray first;
  IntArray last;
  const auto expect = [&](std::size_t count, std::int32_t row_first, std::int32_t row_last) {
    slices.push(count);
    first.push(row_first);
    last.push(row_last);
  };
  expect(0, 1, 0);
  expect(2, 1, 2);
  expect(0, 3, 2);
  expect(0, 3, 2);
  expect(1, 3, 3);
  expect(300, 4, 303);
  expect(0, 304, 303);
  EXPECT_EQ(hex(slices.first.bytes()), hex(first.bytes()));
  EXPECT_EQ(hex(slices.last.bytes()), hex(last.bytes()));
}

TEST(ArrayLiteral, QuotesTextsAndSeparatesByCommas) {
  EXPECT_EQ(array_literal({}), "{}");
  EXPECT_EQ(array_literal(std::vector<std::string>{"a,b", "say \"hi\"", "back\\slash", ""}),
            R"({"a,b","say \"hi\"","back\\slash",""})");
  EXPECT_EQ(array_literal(std::vector<std::string>{"\\", "\"", "both \\\""}), R"({"\\","\"","both \\\""})");
}

}  // namespace
}  // namespace shopflow::db
