#include "shopflow/core/base32.hpp"

#include <gtest/gtest.h>

#include <array>
#include <span>
#include <string_view>

namespace shopflow {
namespace {

TEST(Base32, PadsTheLastBitsWithZeros) {
  const std::array<std::uint8_t, 5> full{0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
  EXPECT_EQ(base32(full), "zzzzzzzz");
  const std::array<std::uint8_t, 1> one{0x08};
  EXPECT_EQ(base32(one), "10");
  EXPECT_EQ(base32({}), "");
}

TEST(Base32, EveryLengthHasItsDigits) {
  std::array<std::uint8_t, 11> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes.at(i) = static_cast<std::uint8_t>(i * 37 + 11);
  const std::array<std::string_view, 12> expected{"",
                                                  "1c",
                                                  "1cr0",
                                                  "1cr5a",
                                                  "1cr5ayg",
                                                  "1cr5aymz",
                                                  "1cr5aymzrg",
                                                  "1cr5aymzrkmg",
                                                  "1cr5aymzrkmgw",
                                                  "1cr5aymzrkmgwcr",
                                                  "1cr5aymzrkmgwctr",
                                                  "1cr5aymzrkmgwctrfm"};
  for (std::size_t size = 0; size < expected.size(); ++size)
    EXPECT_EQ(base32(std::span{bytes}.first(size)), expected.at(size));
}

}  // namespace
}  // namespace shopflow
