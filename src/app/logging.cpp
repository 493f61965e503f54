#include "app/logging.hpp"

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace shopflow::app {
namespace {

constexpr std::size_t kQueue = 8192;

/// The message as the inside of a JSON string.
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    for (const char c : message.payload) {
      if (c == '"' || c == '\\') {
        out.push_back('\\');
        out.push_back(c);
      } else if (static_cast<unsigned char>(c) < 0x20) {
        constexpr std::string_view hex = "0123456789abcdef";
        const auto code = static_cast<unsigned char>(c);
        for (const char part : {'\\', 'u', '0', '0', hex[code >> 4U], hex[code & 15U]}) out.push_back(part);
      } else {
        out.push_back(c);
      }
    }
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JsonMessage>();
  }
};

}  // namespace

std::shared_ptr<spdlog::logger> start_logging(const Config& config) {
  spdlog::init_thread_pool(kQueue, 1);
  const auto level = spdlog::level::from_str(config.log.level);
  const auto make = [&](const std::string& name) {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto logger = std::make_shared<spdlog::async_logger>(name, sink, spdlog::thread_pool(),
                                                         spdlog::async_overflow_policy::overrun_oldest);
    logger->set_level(level);
    return logger;
  };
  auto own = make("shopflow");
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<JsonMessage>('*').set_pattern(
      R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","msg":"%*"})");
  own->set_formatter(std::move(formatter));
  own->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(own);
  auto requests = make("requests");
  requests->set_pattern("%v");
  return requests;
}

void stop_logging() { spdlog::shutdown(); }

}  // namespace shopflow::app
