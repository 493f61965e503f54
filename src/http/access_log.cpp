#include "http/access_log.hpp"

#include <spdlog/spdlog.h>

#include <string>
#include <utility>

#include "shopflow/core/json.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::http {
namespace {

constexpr std::size_t kWhatBytesMax = 500;

void begin(std::string& line, std::string_view level, std::string_view message) {
  line += R"({"time":")";
  append_rfc3339(line, SystemClock{}.now());
  line += R"(","level":")";
  line += level;
  line += R"(","msg":")";
  line += message;
  line.push_back('"');
}

void member(std::string& line, std::string_view name, std::string_view text) {
  line += ",\"";
  line += name;
  line += "\":";
  json::write_string(line, text);
}

void number(std::string& line, std::string_view name, std::int64_t value) {
  line += ",\"";
  line += name;
  line += "\":";
  line += std::to_string(value);
}

}  // namespace

AccessLog::AccessLog(std::shared_ptr<spdlog::logger> logger, bool requests)
    : logger_{std::move(logger)}, requests_{requests} {}

AccessLog::~AccessLog() = default;

void AccessLog::request(const Request& request, const Route* route, int status, std::size_t bytes,
                        std::chrono::nanoseconds duration) const {
  if (!requests_ || !logger_ || !logger_->should_log(spdlog::level::info)) return;
  thread_local std::string line;
  line.clear();
  begin(line, "info", "request");
  member(line, "method", to_string(request.method));
  member(line, "route", route == nullptr ? std::string_view{} : route->path);
  member(line, "path", request.path);
  number(line, "status", status);
  number(line, "bytes", static_cast<std::int64_t>(bytes));
  number(line, "duration_us", std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
  member(line, "trace_id", request.trace.trace_id);
  member(line, "remote", request.remote_address);
  if (request.caller.key) member(line, "key", request.caller.key->str());
  line.push_back('}');
  logger_->log(spdlog::level::info, std::string_view{line});
}

void AccessLog::failure(const Trace& trace, std::string_view what) const {
  if (!logger_ || !logger_->should_log(spdlog::level::err)) return;
  std::string line;
  begin(line, "error", "a request failed");
  member(line, "what", what.substr(0, kWhatBytesMax));
  member(line, "trace_id", trace.trace_id);
  line.push_back('}');
  logger_->log(spdlog::level::err, std::string_view{line});
}

void AccessLog::warning(std::string_view what) const {
  if (!logger_ || !logger_->should_log(spdlog::level::warn)) return;
  std::string line;
  begin(line, "warn", "http");
  member(line, "what", what);
  line.push_back('}');
  logger_->log(spdlog::level::warn, std::string_view{line});
}

}  // namespace shopflow::http
