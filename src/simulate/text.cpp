#include "simulate/text.hpp"

#include <cstdint>

namespace shopflow::simulate {
namespace {

struct Point {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

/// The code point at `at` (RFC 3629): no overlong forms, no surrogates.
Point point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<std::uint8_t>(text[at + i]) : std::uint8_t{0};
  };
  const auto lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return {};
  std::uint32_t value = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    value = value << 6U | (byte(i) & 0x3FU);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {value, size};
}

std::string from_latin1(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x80) {
      out.push_back(c);
    } else {
      out.push_back(static_cast<char>(0xC0U | (byte >> 6U)));
      out.push_back(static_cast<char>(0x80U | (byte & 0x3FU)));
    }
  }
  return out;
}

bool is_blank(std::uint32_t point) { return point <= 0x20 || (point >= 0x7F && point <= 0xA0); }

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto point = point_at(text, at);
    if (point.bytes == 0) return false;
    at += point.bytes;
  }
  return true;
}

std::string clean_text(std::string_view given, std::size_t length_max) {
  const auto text = is_utf8(given) ? std::string{given} : from_latin1(given);
  std::string out;
  std::size_t length = 0;
  bool space = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = point_at(text, at);
    if (is_blank(point.value)) {
      space = !out.empty();
    } else {
      if (length + (space ? 2 : 1) > length_max) break;
      length += space ? 2 : 1;
      if (space) out.push_back(' ');
      space = false;
      out.append(text, at, point.bytes);
    }
    at += point.bytes;
  }
  return out;
}

}  // namespace shopflow::simulate
