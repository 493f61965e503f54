#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "shopflow/core/json_read.hpp"

namespace shopflow::json {

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

/// Reads a query string, percent-decoded already, by the same shapes and limits as a body. Every member is a
/// scalar, an optional scalar, or a vector of scalars, which is written with commas (`status=paid,packed`).
/// Errors point to /query/<name>; an unknown parameter is refused as unknown_field, one that stands twice as
/// repeated.
template <class T>
[[nodiscard]] Result<T> read_query(const QueryPairs& pairs);

namespace querying {

/// Valid UTF-8 without U+0000, which PostgreSQL could not hold.
[[nodiscard]] bool is_text(std::string_view text);

template <class T, class Constraints>
void value(std::string_view text, T& out, const Constraints& constraints, const Path& path, Reading& errors) {
  if constexpr (kinds::is_optional<T>) {
    value(text, out.emplace(), constraints, path, errors);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (text != "true" && text != "false") return errors.wrong_type(path, "true or false");
    out = text == "true";
  } else if constexpr (kinds::Integer<T>) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (problem == std::errc::invalid_argument || end != text.data() + text.size()) {
      return errors.wrong_type(path, "an integer");
    }
    if (problem == std::errc::result_out_of_range)
      return errors.violated(path, reading::outside_of<T>(constraints));
    reading::check(out, constraints, path, errors);
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!is_text(text)) return errors.wrong_type(path, "UTF-8 without U+0000");
    out = text;
    reading::check(out, constraints, path, errors);
  } else if constexpr (kinds::is_vector<T>) {
    const auto limits = reading::of_elements(constraints);
    out.clear();
    while (!text.empty()) {
      const auto comma = text.find(',');
      typename T::value_type element{};
      value(text.substr(0, comma), element, limits, path, errors);
      out.push_back(std::move(element));
      if (comma == std::string_view::npos) break;
      text.remove_prefix(comma + 1);
      if (text.empty()) errors.wrong_type(path, "a list without a comma at its end");
    }
    reading::check(out, constraints, path, errors);
  } else {
    static_assert(Textual<T>, "a query parameter is a scalar or a list of scalars");
    const auto parsed = Text<T>::parse(text);
    if (!parsed)
      return errors.violated(path, {Text<T>::code, "The value must be " + Text<T>::expected() + "."});
    out = *parsed;
    reading::check(out, constraints, path, errors);
  }
}

template <class T, std::size_t I>
bool member(const QueryPairs::value_type& pair, T& out, const Path& path, Reading& errors, bool& seen) {
  constexpr const auto& declared = std::get<I>(Shape<T>::fields);
  if (declared.name != pair.first) return false;
  const Path at = path.member(pair.first);
  if (std::exchange(seen, true)) {
    errors.repeated(at);
  } else {
    value(pair.second, out.*(declared.member), declared.constraints, at, errors);
  }
  return true;
}

}  // namespace querying

template <class T>
Result<T> read_query(const QueryPairs& pairs) {
  static_assert(Shaped<T>, "json::Shape is not specialised for this type");
  T out{};
  Reading errors;
  const Path root = Path::root();
  const Path path = root.member("query");
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    std::array<bool, sizeof...(I) + 1> seen{};
    for (const auto& pair : pairs) {
      const bool known = (querying::member<T, I>(pair, out, path, errors, seen[I]) || ...);
      if (!known) errors.unknown(path.member(pair.first));
    }
    ((seen[I] || reading::may_be_absent<T, I>()
          ? void()
          : errors.missing(path.member(std::get<I>(Shape<T>::fields).name))),
     ...);
  }(std::make_index_sequence<field_count<T>>{});
  if (errors.failed()) return std::unexpected{std::move(errors).error()};
  return out;
}

}  // namespace shopflow::json
