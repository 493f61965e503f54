#include "shopflow/core/json_constraints.hpp"

#include <algorithm>

#include "core/json_characters.hpp"
#include "core/json_utf8.hpp"
#include "shopflow/core/json_text.hpp"

namespace shopflow::json {
namespace {

constexpr std::size_t kEmailMax = 254;  // RFC 5321, 4.5.3.1.3 less the angle brackets
constexpr std::size_t kLocalPartMax = 64;
constexpr std::size_t kLabelMax = 63;

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(utf8_step(text).size);
    ++count;
  }
  return count;
}

bool is_local_part(char c) {
  return is_alphanumeric(c) || std::string_view{".!#$%&'*+/=?^_`{|}~-"}.contains(c);
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLabelMax && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

void member(std::string& out, std::string_view name, std::int64_t value) {
  out += ",\"";
  out += name;
  out += "\":";
  out += std::to_string(value);
}

std::string count(std::size_t number, std::string_view one, std::string_view many) {
  return std::to_string(number) + " " + std::string{number == 1 ? one : many};
}

}  // namespace

Violation Between::violation() const {
  return {"out_of_range",
          "The value must be between " + std::to_string(min) + " and " + std::to_string(max) + "."};
}

std::optional<Violation> Between::check(std::int64_t value) const {
  if (value >= min && value <= max) return std::nullopt;
  return violation();
}

void Between::describe(std::string& out) const {
  member(out, "minimum", min);
  member(out, "maximum", max);
}

std::optional<Violation> Length::check(const std::string& value) const {
  // No text has more code points than bytes, so that most need no counting.
  if (value.size() <= max && min == 0) return std::nullopt;
  const auto length = code_points(value);
  if (length > max)
    return Violation{"too_long", "The text may have at most " + count(max, "character", "characters") + "."};
  if (length < min)
    return Violation{"too_short",
                     "The text must have at least " + count(min, "character", "characters") + "."};
  return std::nullopt;
}

void Length::describe(std::string& out) const {
  if (min > 0) member(out, "minLength", static_cast<std::int64_t>(min));
  member(out, "maxLength", static_cast<std::int64_t>(max));
}

std::optional<Violation> Items::check_size(std::size_t size) const {
  if (size > max)
    return Violation{"too_many", "There may be at most " + count(max, "entry", "entries") + "."};
  if (size < min)
    return Violation{"too_few", "There must be at least " + count(min, "entry", "entries") + "."};
  return std::nullopt;
}

void Items::describe(std::string& out, bool map) const {
  if (min > 0) member(out, map ? "minProperties" : "minItems", static_cast<std::int64_t>(min));
  member(out, map ? "maxProperties" : "maxItems", static_cast<std::int64_t>(max));
}

std::optional<Violation> Format::check(const std::string& value) const {
  if (accepts(value)) return std::nullopt;
  return Violation{"invalid_format", "The value must be " + std::string{expected} + "."};
}

void Format::describe(std::string& out) const {
  out.push_back(',');
  out += schema;
}

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  if (text.size() > kEmailMax || at == std::string_view::npos || at == 0 || at > kLocalPartMax) return false;
  const auto local = text.substr(0, at);
  if (!std::ranges::all_of(local, is_local_part)) return false;
  if (local.front() == '.' || local.back() == '.' || local.contains("..")) return false;
  auto domain = text.substr(at + 1);
  std::size_t labels = 0;
  for (;;) {
    const auto dot = domain.find('.');
    if (!is_label(domain.substr(0, dot))) return false;
    ++labels;
    if (dot == std::string_view::npos) return labels >= 2;
    domain.remove_prefix(dot + 1);
  }
}

bool is_country(std::string_view text) { return text.size() == 2 && is_upper(text[0]) && is_upper(text[1]); }

bool is_single_line(std::string_view text) {
  if (text.starts_with(' ') || text.ends_with(' ')) return false;
  return std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; });
}

bool is_slug(std::string_view text) {
  if (text.empty() || text.front() == '-' || text.back() == '-' || text.contains("--")) return false;
  return std::ranges::all_of(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

namespace checks {

std::optional<Violation> one_of(const std::string_view* values, std::size_t count, std::string_view value) {
  if (std::find(values, values + count, value) != values + count) return std::nullopt;
  std::string detail = "The value must be one of ";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) detail += ", ";
    detail += values[i];
  }
  return Violation{"not_allowed", detail + "."};
}

void describe_one_of(std::string& out, const std::string_view* values, std::size_t count) {
  out += R"(,"enum":[)";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out.push_back(',');
    write_string(out, values[i]);
  }
  out.push_back(']');
}

}  // namespace checks
}  // namespace shopflow::json
