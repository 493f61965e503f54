#include "shopflow/http/settings.hpp"

#include <boost/asio/ip/address.hpp>

#include "shopflow/http/gate.hpp"

namespace shopflow::http {
namespace {

std::optional<std::string> outside(std::string_view name, std::int64_t value, std::int64_t min,
                                   std::int64_t max) {
  if (value >= min && value <= max) return std::nullopt;
  return std::string{name} + " must be between " + std::to_string(min) + " and " + std::to_string(max) +
         ", not " + std::to_string(value);
}

struct Number {
  std::string_view name;
  std::int64_t value;
  std::int64_t min;
  std::int64_t max;
};

}  // namespace

std::optional<std::string> find_problem(const Settings& settings) {
  boost::system::error_code error;
  boost::asio::ip::make_address(settings.host, error);
  if (error) return "host must be an IP address of this machine, not '" + settings.host + "'";
  const auto number = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  const Number numbers[] = {
      {"threads", number(settings.threads), 0, 256},
      {"header_bytes_max", number(settings.gate.header_bytes_max), 1'024, 65'536},
      {"fields_max", number(settings.gate.fields_max), 8, number(RequestHead::kFieldsCapacity)},
      {"target_bytes_max", number(settings.gate.target_bytes_max), 256,
       number(settings.gate.header_bytes_max)},
      {"header_ms_max", settings.header_ms_max.count(), 10, 600'000},
      {"body_ms_max", settings.body_ms_max.count(), 10, 600'000},
      {"write_ms_max", settings.write_ms_max.count(), 10, 600'000},
      {"idle_ms_max", settings.idle_ms_max.count(), 10, 600'000},
      {"handler_ms_max", settings.handler_ms_max.count(), 10, 600'000},
      {"requests_per_connection_max", number(settings.requests_per_connection_max), 1, 1'000'000'000},
      {"connections_max", number(settings.connections_max), 1, 1'000'000},
      {"connections_per_address_max", number(settings.connections_per_address_max), 1, 1'000'000},
  };
  for (const auto& [name, value, min, max] : numbers) {
    if (auto problem = outside(name, value, min, max)) return problem;
  }
  for (const auto& origin : settings.cors_origins) {
    if (!origin.starts_with("https://") && !origin.starts_with("http://")) {
      return "cors_origins must be exact origins such as https://shop.example, not '" + origin + "'";
    }
  }
  return std::nullopt;
}

}  // namespace shopflow::http
