#include "http/access_log.hpp"

#include <string>
#include <utility>

#include "shopflow/core/digits.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::http {
namespace {

using Level = LineLog::Level;

constexpr std::size_t kWhatBytesMax = 500;

/// The present moment as RFC 3339; a thread that logs a lot logs many lines in one millisecond.
std::string_view moment() {
  thread_local Timestamp made{};
  thread_local std::string text;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(SystemClock{}.now());
  if (now != made || text.empty()) {
    made = now;
    text.clear();
    append_rfc3339(text, now);
  }
  return text;
}

void begin(std::string& line, std::string_view level_and_message) {
  line += R"({"time":")";
  line += moment();
  line += level_and_message;
}

/// `before` is what stands between the member and the one before it.
void text(std::string& line, std::string_view before, std::string_view value) {
  line += before;
  json::write_string(line, value);
}

/// Of what can't hold anything that JSON would escape.
void word(std::string& line, std::string_view before, std::string_view value) {
  line += before;
  line += value;
}

void number(std::string& line, std::string_view before, std::int64_t value) {
  line += before;
  append_decimal(line, value);
}

}  // namespace

AccessLog::AccessLog(std::shared_ptr<LineLog> log, bool requests)
    : log_{std::move(log)}, requests_{requests && log_ && log_->takes(Level::info)} {}

AccessLog::~AccessLog() = default;

void AccessLog::request(const Request& request, const Route* route, int status, std::size_t bytes,
                        std::chrono::nanoseconds duration) const {
  if (!requests_) return;
  thread_local std::string line;
  line.clear();
  begin(line, R"(","level":"info","msg":"request")");
  word(line, R"(,"method":")", to_string(request.method));
  word(line, R"(","route":")", route == nullptr ? std::string_view{} : route->path);
  text(line, R"(","path":)", request.path);
  number(line, R"(,"status":)", status);
  number(line, R"(,"bytes":)", static_cast<std::int64_t>(bytes));
  number(line, R"(,"duration_us":)", std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
  word(line, R"(,"trace_id":")", request.trace.trace_id);
  word(line, R"(","remote":")", request.remote_address);
  if (request.caller.key) word(line, R"(","key":")", request.caller.key->str());
  line += R"("})";
  log_->write(Level::info, line);
}

void AccessLog::failure(const Trace& trace, std::string_view what) const {
  if (!log_ || !log_->takes(Level::error)) return;
  std::string line;
  begin(line, R"(","level":"error","msg":"a request failed")");
  text(line, R"(,"what":)", what.substr(0, kWhatBytesMax));
  word(line, R"(,"trace_id":")", trace.trace_id);
  line += R"("})";
  log_->write(Level::error, line);
}

void AccessLog::warning(std::string_view what) const {
  if (!log_ || !log_->takes(Level::warning)) return;
  std::string line;
  begin(line, R"(","level":"warn","msg":"http")");
  text(line, R"(,"what":)", what);
  line.push_back('}');
  log_->write(Level::warning, line);
}

}  // namespace shopflow::http
