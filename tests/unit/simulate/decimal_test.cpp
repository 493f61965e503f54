#include "simulate/decimal.hpp"

#include <gtest/gtest.h>

namespace shopflow::simulate {
namespace {

std::optional<std::int64_t> pence(std::string_view text) {
  const auto number = parse_decimal(text);
  return number ? exact_pence(*number) : std::nullopt;
}

TEST(Decimal, PricesBecomePenceWithoutRounding) {
  EXPECT_EQ(pence("2.55"), 255);
  EXPECT_EQ(pence("2.1"), 210);
  EXPECT_EQ(pence("3"), 300);
  EXPECT_EQ(pence(".5"), 50);
  EXPECT_EQ(pence("3."), 300);
  EXPECT_EQ(pence("-11062.06"), -1'106'206);
  EXPECT_EQ(pence("0.290"), 29);
  EXPECT_EQ(pence("1.1500000"), 115);
}

TEST(Decimal, AFractionOfAPennyIsNoPrice) {
  EXPECT_EQ(pence("0.001"), std::nullopt);
  EXPECT_EQ(pence("2.555"), std::nullopt);
}

TEST(Decimal, OtherTextIsNoNumber) {
  for (const char* text : {"", "-", ".", "1e3", "1,5", " 1", "1.2.3", "0x10", "1234567890123456", "+1"}) {
    EXPECT_EQ(parse_decimal(text), std::nullopt) << text;
  }
}

TEST(Decimal, AmountsBeyondTheShopsLimitAreNone) { EXPECT_EQ(pence("999999999999999"), std::nullopt); }

TEST(Decimal, ReportedAmountsRoundHalfAwayFromZero) {
  EXPECT_EQ(rounded_pence({1, 3}, 5), 1);
  EXPECT_EQ(rounded_pence({1, 3}, -5), -1);
  EXPECT_EQ(rounded_pence({255, 2}, 6), 1'530);
}

TEST(Decimal, PenceArePrintedAsPounds) {
  EXPECT_EQ(pence_text(123'456), "1234.56");
  EXPECT_EQ(pence_text(5), "0.05");
  EXPECT_EQ(pence_text(-1'250), "-12.50");
}

}  // namespace
}  // namespace shopflow::simulate
