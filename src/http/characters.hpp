#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace shopflow::http::characters {

/// Classes of bytes of RFC 9110 and RFC 3986, as bits of one table, so that a check is one load.
enum Class : std::uint8_t {
  token = 1,   // RFC 9110, 5.6.2: names of fields and methods
  text = 2,    // what a field's value may hold: visible characters, blank, tab, obs-text
  target = 4,  // pchar, slash, question mark and percent of RFC 3986
  host = 8,    // unreserved characters of a registered name
  digit = 16,
  hex = 32,
  visible = 64,  // 0x21 to 0x7E
};

constexpr std::array<std::uint8_t, 256> make_table() {
  std::array<std::uint8_t, 256> table{};
  const auto mark = [&](std::string_view set, unsigned bits) {
    for (const char c : set) {
      auto& cell = table[static_cast<unsigned char>(c)];
      cell = static_cast<std::uint8_t>(cell | bits);
    }
  };
  for (unsigned c = 0x20; c < 256; ++c) {
    if (c != 0x7F) table[c] = text;
  }
  table['\t'] = text;
  for (unsigned c = 0x21; c < 0x7F; ++c) table[c] = static_cast<std::uint8_t>(table[c] | visible);
  mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", token | target | host);
  mark("0123456789", token | target | host | digit | hex);
  mark("abcdefABCDEF", hex);
  mark("!#$%&'*+-.^_`|~", token);
  mark("-._~!$&'()*+,;=:@/?%", target);
  mark("-._~", host);
  return table;
}
inline constexpr auto kTable = make_table();

constexpr bool is(char c, unsigned classes) { return (kTable[static_cast<unsigned char>(c)] & classes) != 0; }

constexpr bool all(std::string_view text_to_check, unsigned classes) {
  for (const char c : text_to_check) {
    if (!is(c, classes)) return false;
  }
  return true;
}

/// all(text_to_check, text), without a branch or a look-up per byte, so that the compiler checks many bytes
/// at once: most of a head are the values of its fields.
constexpr bool all_text(std::string_view text_to_check) {
  bool good = true;
  for (const char c : text_to_check) {
    const auto byte = static_cast<unsigned char>(c);
    good &= (byte >= 0x20 && byte != 0x7F) || byte == '\t';
  }
  return good;
}

/// Without the optional whitespace of RFC 9110, 5.6.3, around it.
constexpr std::string_view trimmed(std::string_view text_to_trim) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text_to_trim.empty() && is_blank(text_to_trim.front())) text_to_trim.remove_prefix(1);
  while (!text_to_trim.empty() && is_blank(text_to_trim.back())) text_to_trim.remove_suffix(1);
  return text_to_trim;
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace shopflow::http::characters
