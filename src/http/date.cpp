#include "http/date.hpp"

namespace shopflow::http {

std::string_view DateCache::now() {
  timespec at{};
  (void)clock_gettime(CLOCK_REALTIME_COARSE, &at);
  if (at.tv_sec != second_) {
    second_ = at.tv_sec;
    std::tm utc{};
    (void)gmtime_r(&second_, &utc);
    // The program never calls setlocale, so %a and %b are English.
    (void)std::strftime(text_.data(), text_.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  }
  return {text_.data(), text_.size() - 1};
}

}  // namespace shopflow::http
