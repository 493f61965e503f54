#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "shopflow/core/money.hpp"

namespace shopflow::json {

/// A value that is well-formed but outside of what is allowed. `code` is one of out_of_range, too_long,
/// too_short, too_many, too_few, invalid_format, not_allowed.
struct Violation {
  std::string_view code;
  std::string detail;
};

/// Limits that hold where a field declares none of its own. They apply to requests, not to answers.
inline constexpr std::size_t kLengthMax = 1'000;  // code points of a string
inline constexpr std::size_t kItemsMax = 1'000;   // elements of an array or members of a map
inline constexpr std::size_t kKeyMax = 100;       // code points of a map's key

// Every constraint checks values of the types that it fits, and appends its part of the JSON Schema to `out`,
// each member led by a comma.

/// Inclusive limits of an integer, or of the amount of a Money.
struct Between {
  std::int64_t min;
  std::int64_t max;
  [[nodiscard]] Violation violation() const;
  [[nodiscard]] std::optional<Violation> check(std::int64_t value) const;
  [[nodiscard]] std::optional<Violation> check(const Money& value) const { return check(value.amount); }
  void describe(std::string& out) const;
};
[[nodiscard]] consteval Between between(std::int64_t min, std::int64_t max) { return {min, max}; }

/// Inclusive limits of a string's length in code points.
struct Length {
  std::size_t min;
  std::size_t max;
  [[nodiscard]] std::optional<Violation> check(const std::string& value) const;
  void describe(std::string& out) const;
};
[[nodiscard]] consteval Length length(std::size_t min, std::size_t max) { return {min, max}; }

/// Inclusive limits of the number of elements of an array or of members of a map.
struct Items {
  std::size_t min;
  std::size_t max;
  [[nodiscard]] std::optional<Violation> check_size(std::size_t size) const;
  template <class T>
  [[nodiscard]] std::optional<Violation> check(const std::vector<T>& value) const {
    return check_size(value.size());
  }
  template <class T>
  [[nodiscard]] std::optional<Violation> check(const std::map<std::string, T>& value) const {
    return check_size(value.size());
  }
  void describe(std::string& out, bool map) const;
};
[[nodiscard]] consteval Items items(std::size_t min, std::size_t max) { return {min, max}; }

/// The only texts that are allowed, for strings that are no enum in code.
template <std::size_t N>
struct OneOf {
  std::array<std::string_view, N> values;
  [[nodiscard]] std::optional<Violation> check(const std::string& value) const;
  void describe(std::string& out) const;
};
template <std::convertible_to<std::string_view>... Text>
[[nodiscard]] consteval OneOf<sizeof...(Text)> one_of(Text... values) {
  return {{std::string_view{values}...}};
}

/// A form that a string must have, told by a predicate. `expected` ends the sentence "The value must be …";
/// `schema` holds the members for the JSON Schema without braces, for example `"pattern":"^[A-Z]{2}$"`.
struct Format {
  std::string_view expected;
  bool (*accepts)(std::string_view);
  std::string_view schema;
  [[nodiscard]] std::optional<Violation> check(const std::string& value) const;
  void describe(std::string& out) const;
};
[[nodiscard]] consteval Format matching(std::string_view expected, bool (*accepts)(std::string_view),
                                        std::string_view schema) {
  return {expected, accepts, schema};
}

[[nodiscard]] bool is_email(
    std::string_view text);  // as HTML defines it, a dot in the domain, up to 254 bytes
[[nodiscard]] bool is_country(std::string_view text);      // two capital letters (ISO 3166-1 alpha-2)
[[nodiscard]] bool is_single_line(std::string_view text);  // no control characters, not blank at either end
[[nodiscard]] bool is_slug(std::string_view text);         // a-z, 0-9 and single hyphens between them

[[nodiscard]] consteval Format email() { return {"an e-mail address", &is_email, R"("format":"email")"}; }
[[nodiscard]] consteval Format country() {
  return {"a country code of two capital letters", &is_country, R"("pattern":"^[A-Z]{2}$")"};
}
[[nodiscard]] consteval Format single_line() {
  return {"one line without control characters or blanks at its ends", &is_single_line,
          R"("pattern":"^[^\\u0000-\\u001f\\u007f]*$")"};
}
[[nodiscard]] consteval Format slug() {
  return {"lower-case letters, digits and single hyphens", &is_slug,
          R"("pattern":"^[a-z0-9]+(-[a-z0-9]+)*$")"};
}

/// Limits of every element of an array, or of every value of a map: `each(length(1, 20))`.
template <class... Constraints>
struct Each {
  std::tuple<Constraints...> constraints;
};
template <class... Constraints>
[[nodiscard]] consteval Each<Constraints...> each(Constraints... constraints) {
  return {std::tuple<Constraints...>{constraints...}};
}

/// Absent in a request keeps the member's own initialiser.
struct OrDefault {};
[[nodiscard]] consteval OrDefault or_default() { return {}; }

/// What the templates above share, compiled once.
namespace checks {
[[nodiscard]] std::optional<Violation> one_of(const std::string_view* values, std::size_t count,
                                              std::string_view value);
void describe_one_of(std::string& out, const std::string_view* values, std::size_t count);
}  // namespace checks

template <std::size_t N>
std::optional<Violation> OneOf<N>::check(const std::string& value) const {
  return checks::one_of(values.data(), N, value);
}

template <std::size_t N>
void OneOf<N>::describe(std::string& out) const {
  checks::describe_one_of(out, values.data(), N);
}

}  // namespace shopflow::json
