#pragma once

#include <array>
#include <cstddef>
#include <ctime>
#include <string_view>

namespace shopflow::http {

/// The Date field's value, made once a second. For one thread.
class DateCache {
 public:
  /// For example "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
  [[nodiscard]] std::string_view now();

 private:
  std::time_t second_ = -1;
  std::array<char, 30> text_{};
};

}  // namespace shopflow::http
