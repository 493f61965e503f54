#pragma once

#include <array>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace shopflow::json {

/// The published names of an enum's values. Specialise it beside the enum:
/// `static constexpr std::array<std::pair<E, std::string_view>, N> values{{{E::a, "a"}, …}};`
/// The order is the one in which the schema lists them.
template <class E>
struct Names;

template <class E>
concept Named = std::is_enum_v<E> && requires { Names<E>::values.size(); };

/// The published name of a value; throws std::logic_error for a value that the table lacks (a broken
/// program).
template <Named E>
[[nodiscard]] constexpr std::string_view name_of(E value) {
  for (const auto& entry : Names<E>::values) {
    if (entry.first == value) return entry.second;
  }
  throw std::logic_error{"An enum value has no published name."};
}

/// The value of a published name, nullopt for any other text. Names compare exactly.
template <Named E>
[[nodiscard]] constexpr std::optional<E> value_of(std::string_view name) {
  for (const auto& entry : Names<E>::values) {
    if (entry.second == name) return entry.first;
  }
  return std::nullopt;
}

}  // namespace shopflow::json
