#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "shopflow/http/message.hpp"
#include "shopflow/http/route.hpp"

namespace spdlog {
class logger;
}

namespace shopflow::http {

/// Writes one JSON line a request, and one for each failure that is our fault. The logger's pattern is "%v".
/// Never a body, a query string, a secret or a header. Thread-safe as far as the logger is.
class AccessLog {
 public:
  /// Without a logger it is silent.
  AccessLog(std::shared_ptr<spdlog::logger> logger, bool requests);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  /// `route` is null when the request reached none.
  void request(const Request& request, const Route* route, int status, std::size_t bytes,
               std::chrono::nanoseconds duration) const;
  void failure(const Trace& trace, std::string_view what) const;
  void warning(std::string_view what) const;

 private:
  std::shared_ptr<spdlog::logger> logger_;
  bool requests_;
};

}  // namespace shopflow::http
