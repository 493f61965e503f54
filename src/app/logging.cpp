#include "app/logging.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <utility>

#include "app/log_writer.hpp"
#include "shopflow/core/digits.hpp"

namespace shopflow::app {
namespace {

using Level = http::LineLog::Level;

Level level_of(spdlog::level::level_enum level) {
  if (level >= spdlog::level::off) return Level::off;
  if (level >= spdlog::level::err) return Level::error;
  if (level >= spdlog::level::warn) return Level::warning;
  return level >= spdlog::level::info ? Level::info : Level::debug;
}

/// The message as the inside of a JSON string.
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    for (const char c : message.payload) {
      if (c == '"' || c == '\\') {
        out.push_back('\\');
        out.push_back(c);
      } else if (static_cast<unsigned char>(c) < 0x20) {
        for (const char part : {'\\', 'u', '0', '0'}) out.push_back(part);
        append_hex(out, static_cast<unsigned char>(c));
      } else {
        out.push_back(c);
      }
    }
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JsonMessage>();
  }
};

/// Hands the program's own lines to the writer of all lines.
class WriterSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit WriterSink(std::shared_ptr<http::LineLog> log) : log_{std::move(log)} {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    log_->write(level_of(message.level), {line.data(), line.size()});
  }
  void flush_() override {}

 private:
  std::shared_ptr<http::LineLog> log_;
};

}  // namespace

std::shared_ptr<http::LineLog> start_logging(const Config& config) {
  const auto level = spdlog::level::from_str(config.log.level);
  auto writer = std::make_shared<LogWriter>(LogWriterSettings{.least = level_of(level)});
  auto own = std::make_shared<spdlog::logger>("shopflow", std::make_shared<WriterSink>(writer));
  own->set_level(level);
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc, "");
  formatter->add_flag<JsonMessage>('*').set_pattern(
      R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","msg":"%*"})");
  own->set_formatter(std::move(formatter));
  spdlog::set_default_logger(std::move(own));
  return writer;
}

void stop_logging() { spdlog::shutdown(); }

}  // namespace shopflow::app
