#pragma once

#include <chrono>
#include <string_view>

#include "shopflow/events/types.hpp"

namespace shopflow::events {

/// How often a binary looks again at an event whose type it does not know.
inline constexpr std::chrono::minutes kUnknownPause{5};

/// Whether this binary has a struct for the type. If not, a newer binary wrote the event.
[[nodiscard]] inline bool is_known_type(std::string_view type) {
  return []<class... Event>(std::string_view name, TypeList<Event...>) {
    return ((name == Event::type) || ...);
  }(type, AllEvents{});
}

}  // namespace shopflow::events
