#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace shopflow {

/// Lower case, which is how all hexadecimal text is written here.
inline constexpr std::string_view kHexDigits = "0123456789abcdef";

/// What each character stands for as a digit: its place in `digits`. What is none is -1, so that the sign of
/// the OR of many tells.
constexpr std::array<std::int8_t, 256> digit_values(std::string_view digits) {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < digits.size(); ++i)
    values[static_cast<unsigned char>(digits[i])] = static_cast<std::int8_t>(i);
  return values;
}

namespace detail {
inline constexpr auto kHexValues = [] {
  auto values = digit_values(kHexDigits);
  for (const char c : {'A', 'B', 'C', 'D', 'E', 'F'})
    values[static_cast<unsigned char>(c)] = static_cast<std::int8_t>(c - 'A' + 10);
  return values;
}();
}  // namespace detail

/// The value of a hexadecimal digit of either case, -1 of anything else.
constexpr int hex_value(char c) { return detail::kHexValues[static_cast<unsigned char>(c)]; }

/// Appends the two digits of a byte to a string, or to another buffer with `push_back`.
template <class Text>
void append_hex(Text& out, std::uint8_t byte) {
  out.push_back(kHexDigits[byte >> 4U]);
  out.push_back(kHexDigits[byte & 15U]);
}

/// Two digits a byte.
[[nodiscard]] inline std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string out;
  out.reserve(2 * bytes.size());
  for (const auto byte : bytes) append_hex(out, byte);
  return out;
}

/// Appends a number in decimal digits; of a double, which must be finite, the fewest that read back as the
/// same. Allocates nothing but the growth of `out`.
template <class Number>
void append_decimal(std::string& out, Number value) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

}  // namespace shopflow
