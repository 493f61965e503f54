#pragma once

#include <cstddef>
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

}  // namespace shopflow::json
