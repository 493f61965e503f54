#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "shopflow/core/digits.hpp"
#include "shopflow/core/json_shape.hpp"
#include "shopflow/core/json_text.hpp"

namespace shopflow::json {

/// Appends the shortest text that reads back as the same number; what JSON can't say (NaN, infinity) is null.
void write_double(std::string& out, double value);

/// Appends the JSON of a value straight to `out`; allocates nothing but the growth of `out`. Members that are
/// empty optionals are left out. Takes every type that a Shape may hold.
template <class T>
void write(std::string& out, const T& value);

template <class T>
[[nodiscard]] std::string to_json(const T& value) {
  // Many values of a type are of one length, and growing on the way costs as much as writing.
  constexpr std::size_t kRoomMax = 4096;
  thread_local std::size_t last = 0;
  std::string out;
  out.reserve(std::min(last, kRoomMax));
  write(out, value);
  last = out.size();
  // A cache may keep it for long.
  if (out.capacity() > 2 * last) out.shrink_to_fit();
  return out;
}

namespace writing {

template <class T, std::size_t I>
inline constexpr auto key = [] {
  constexpr std::string_view name = std::get<I>(Shape<T>::fields).name;
  std::array<char, name.size() + 3> text{};
  text[0] = '"';
  for (std::size_t i = 0; i < name.size(); ++i) text[i + 1] = name[i];
  text[name.size() + 1] = '"';
  text[name.size() + 2] = ':';
  return text;
}();

// Members are written with a comma behind them; the bracket that closes takes the place of the last one.
inline void close(std::string& out, char bracket) {
  if (out.back() == ',') {
    out.back() = bracket;
  } else {
    out.push_back(bracket);
  }
}

template <class T, std::size_t I>
void member(std::string& out, const T& value) {
  const auto& held = value.*(std::get<I>(Shape<T>::fields).member);
  if constexpr (kinds::is_optional<std::remove_cvref_t<decltype(held)>>) {
    if (!held.has_value()) return;
  }
  out.append(key<T, I>.data(), key<T, I>.size());
  write(out, held);
  out.push_back(',');
}

template <class T>
void shape(std::string& out, const T& value) {
  out.push_back('{');
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (member<T, I>(out, value), ...);
  }(std::make_index_sequence<field_count<T>>{});
  close(out, '}');
}

}  // namespace writing

template <class T>
void write(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (kinds::Integer<T>) {
    append_decimal(out, value);
  } else if constexpr (std::is_same_v<T, double>) {
    write_double(out, value);
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    write_string(out, value);
  } else if constexpr (Textual<T>) {
    out.push_back('"');
    Text<T>::append(out, value);
    out.push_back('"');
  } else if constexpr (std::is_same_v<T, Money>) {
    out += R"({"amount":)";
    append_decimal(out, value.amount);
    out += R"(,"currency":")";
    out += value.currency.str();
    out += R"("})";
  } else if constexpr (std::is_same_v<T, Raw>) {
    out += value.text.empty() ? std::string_view{"null"} : std::string_view{value.text};
  } else if constexpr (kinds::is_optional<T>) {
    if (value.has_value()) {
      write(out, *value);
    } else {
      out += "null";
    }
  } else if constexpr (kinds::is_vector<T>) {
    out.push_back('[');
    for (const auto& element : value) {
      write(out, static_cast<const typename T::value_type&>(element));
      out.push_back(',');
    }
    writing::close(out, ']');
  } else if constexpr (kinds::is_map<T>) {
    out.push_back('{');
    for (const auto& [name, held] : value) {
      write_string(out, name);
      out.push_back(':');
      write(out, held);
      out.push_back(',');
    }
    writing::close(out, '}');
  } else {
    static_assert(Shaped<T>, "json::Shape is not specialised for this type");
    writing::shape(out, value);
  }
}

}  // namespace shopflow::json
