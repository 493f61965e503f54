#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace shopflow::json {

/// What stands at the front of some bytes: a code point, or the longest part of one that is broken
/// (Unicode 3.9, table 3-7), which is what one U+FFFD replaces.
struct Utf8Step {
  std::size_t size;
  bool valid;
};

/// `text` is not empty.
[[nodiscard]] inline Utf8Step utf8_step(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = at(0);
  if (first < 0x80) return {1, true};
  if (first < 0xC2 || first > 0xF4) return {1, false};
  const std::size_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  // The second byte has a narrower range where a longer form, a surrogate or a number past U+10FFFF would
  // begin.
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  for (std::size_t i = 1; i < size; ++i) {
    if (i >= text.size()) return {i, false};
    const bool fits = i == 1 ? at(i) >= low && at(i) <= high : at(i) >= 0x80 && at(i) <= 0xBF;
    if (!fits) return {i, false};
  }
  return {size, true};
}

/// `point` is a Unicode scalar value.
inline void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(byte)));
  };
  const auto put_rest = [&](std::uint32_t shift) { put(0x80U | (point >> shift & 0x3FU)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | point >> 6U);
    put_rest(0);
  } else if (point < 0x10000) {
    put(0xE0U | point >> 12U);
    put_rest(6);
    put_rest(0);
  } else {
    put(0xF0U | point >> 18U);
    put_rest(12);
    put_rest(6);
    put_rest(0);
  }
}

/// The bytes that stand in a JSON string as themselves without a further look: ASCII but for quotes,
/// backslashes and control characters.
inline constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

/// Whether eight bytes are all of those. Each byte that is not gets its high bit set: by what is subtracted
/// where it is too small, a quote or a backslash, and where it is no ASCII by itself. A subtraction may
/// borrow from the byte above and mark that one too, which changes nothing.
[[nodiscard]] inline bool is_plain(std::uint64_t eight) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  const auto lacks = [](std::uint64_t value, std::uint64_t least) { return value - kOnes * least; };
  const auto marks =
      lacks(eight, 0x20) | lacks(eight ^ kOnes * '"', 1) | lacks(eight ^ kOnes * '\\', 1) | eight;
  return (marks & kOnes * 0x80) == 0;
}

/// How many of those stand at the front.
[[nodiscard]] inline std::size_t plain_run(std::string_view text) {
  std::size_t run = 0;
  for (std::uint64_t eight = 0; text.size() - run >= sizeof(eight); run += sizeof(eight)) {
    std::memcpy(&eight, text.data() + run, sizeof(eight));
    if (!is_plain(eight)) break;
  }
  while (run < text.size() && kPlain[static_cast<unsigned char>(text[run])]) ++run;
  return run;
}

}  // namespace shopflow::json
