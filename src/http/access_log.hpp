#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "shopflow/http/message.hpp"
#include "shopflow/http/ports.hpp"
#include "shopflow/http/route.hpp"

namespace shopflow::http {

/// Writes one JSON line a request, and one for each failure that is our fault. Never a body, a query string,
/// a secret or a header. Thread-safe.
class AccessLog {
 public:
  /// Without a log it is silent.
  AccessLog(std::shared_ptr<LineLog> log, bool requests);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  /// `route` is null when the request reached none.
  void request(const Request& request, const Route* route, int status, std::size_t bytes,
               std::chrono::nanoseconds duration) const;
  void failure(const Trace& trace, std::string_view what) const;
  void warning(std::string_view what) const;

 private:
  std::shared_ptr<LineLog> log_;
  bool requests_;
};

}  // namespace shopflow::http
