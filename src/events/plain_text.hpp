#pragma once

#include <string>

namespace shopflow::events {

/// An error's text, short and in printable ASCII, so that the database takes it whatever it says.
[[nodiscard]] inline std::string plain_text(std::string text) {
  constexpr std::size_t kLengthMax = 500;
  if (text.size() > kLengthMax) text.resize(kLengthMax);
  for (char& c : text) {
    if (c < ' ' || c > '~') c = c == '\n' ? ' ' : '?';
  }
  return text;
}

}  // namespace shopflow::events
