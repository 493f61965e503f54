#include "shopflow/core/digits.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace shopflow {
namespace {

TEST(Digits, HexIsReadInEitherCaseAndWrittenInLowerCase) {
  for (int c = 0; c < 256; ++c) {
    const auto place = std::string_view{"0123456789abcdef0123456789ABCDEF"}.find(static_cast<char>(c));
    const int expected = place == std::string_view::npos ? -1 : static_cast<int>(place % 16);
    EXPECT_EQ(hex_value(static_cast<char>(c)), expected) << c;
  }
  const std::array<std::uint8_t, 3> bytes{0x00, 0x7F, 0xA9};
  EXPECT_EQ(to_hex(bytes), "007fa9");
}

TEST(Digits, DecimalsAreAppended) {
  std::string out = "n=";
  append_decimal(out, std::numeric_limits<std::int64_t>::min());
  append_decimal(out, std::uint8_t{7});
  append_decimal(out, -0.25);
  EXPECT_EQ(out, "n=-92233720368547758087-0.25");
}

}  // namespace
}  // namespace shopflow
