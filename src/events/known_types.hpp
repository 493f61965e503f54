#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "shopflow/events/types.hpp"

namespace shopflow::events {

/// How often a binary looks again at an event whose type it does not know.
inline constexpr std::chrono::minutes kUnknownPause{5};

/// How many types this binary has a struct for; the number of every other type. A newer binary wrote those.
inline constexpr std::size_t kUnknownType = []<class... Event>(TypeList<Event...>) {
  return sizeof...(Event);
}(AllEvents{});

/// The type's place in AllEvents.
[[nodiscard]] inline std::size_t type_number(std::string_view type) {
  return []<class... Event>(std::string_view name, TypeList<Event...>) {
    std::size_t number = 0;
    (void)((name == Event::type || (++number, false)) || ...);
    return number;
  }(type, AllEvents{});
}

[[nodiscard]] inline bool is_known_type(std::string_view type) { return type_number(type) != kUnknownType; }

}  // namespace shopflow::events
