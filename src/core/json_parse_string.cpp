#include "core/json_parse_string.hpp"

#include <cstdint>
#include <optional>

#include "core/json_utf8.hpp"
#include "shopflow/core/digits.hpp"

namespace shopflow::json {
namespace {

constexpr std::string_view kHalfPair = "Half a surrogate pair before";

bool take(std::string_view text, std::size_t& at, char wanted) {
  if (at >= text.size() || text[at] != wanted) return false;
  ++at;
  return true;
}

/// The four hexadecimal digits behind a \\u.
std::optional<std::uint32_t> code_unit(std::string_view text, std::size_t& at) {
  std::uint32_t unit = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = at < text.size() ? hex_value(text[at]) : -1;
    if (digit < 0) return std::nullopt;
    unit = unit << 4U | static_cast<std::uint32_t>(digit);
    ++at;
  }
  return unit;
}

std::string_view unicode(std::string_view text, std::size_t& at, std::string& out) {
  const auto first = code_unit(text, at);
  if (!first) return kNotJson;
  if (*first == 0) return "U+0000 is not allowed, it stands before";
  std::uint32_t point = *first;
  if (point >= 0xD800 && point < 0xE000) {
    if (point >= 0xDC00 || !take(text, at, '\\') || !take(text, at, 'u')) return kHalfPair;
    const auto second = code_unit(text, at);
    if (!second) return kNotJson;
    if (*second < 0xDC00 || *second > 0xDFFF) return kHalfPair;
    point = 0x10000 + ((point - 0xD800) << 10U) + (*second - 0xDC00);
  }
  append_utf8(out, point);
  return {};
}

/// What follows a backslash.
std::string_view escape(std::string_view text, std::size_t& at, std::string& out) {
  constexpr std::string_view names = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  if (take(text, at, 'u')) return unicode(text, at, out);
  const auto found = at < text.size() ? names.find(text[at]) : std::string_view::npos;
  if (found == std::string_view::npos) return kNotJson;
  out.push_back(meanings[found]);
  ++at;
  return {};
}

}  // namespace

std::string_view parse_string(std::string_view text, std::size_t& at, std::string& out) {
  if (!take(text, at, '"')) return kNotJson;
  for (;;) {
    const auto rest = text.substr(at);
    const auto run = plain_run(rest);
    out += rest.substr(0, run);
    at += run;
    if (take(text, at, '"')) return {};
    if (take(text, at, '\\')) {
      const auto problem = escape(text, at, out);
      if (!problem.empty()) return problem;
      continue;
    }
    if (at >= text.size() || static_cast<unsigned char>(text[at]) < 0x80) return kNotJson;
    const auto step = utf8_step(text.substr(at));
    if (!step.valid) return "Invalid UTF-8 at";
    out += text.substr(at, step.size);
    at += step.size;
  }
}

}  // namespace shopflow::json
