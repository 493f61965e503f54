#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace shopflow::base32_digits {

/// Crockford's digits in lower case: no i, l, o and u.
inline constexpr std::string_view kAll = "0123456789abcdefghjkmnpqrstvwxyz";

inline constexpr std::size_t kPairs = kAll.size() * kAll.size();

/// The two digits of each ten bits, one pair after another.
inline constexpr auto kPairText = [] {
  std::array<char, 2 * kPairs> text{};
  for (std::size_t i = 0; i < kPairs; ++i) {
    text[2 * i] = kAll[i / kAll.size()];
    text[2 * i + 1] = kAll[i % kAll.size()];
  }
  return text;
}();

/// The last `Pairs` pairs of digits of the value, at `out`.
template <std::size_t Pairs>
void write_pairs(char* out, std::uint64_t value) {
  for (std::size_t i = Pairs; i-- > 0; value >>= 10U)
    std::memcpy(out + 2 * i, kPairText.data() + 2 * (value % kPairs), 2);
}

}  // namespace shopflow::base32_digits
