#include "shopflow/http/settings.hpp"

#include <sys/un.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "shopflow/http/address.hpp"
#include "shopflow/http/gate.hpp"

namespace shopflow::http {
namespace {

std::optional<std::string> outside(std::string_view name, std::int64_t value, std::int64_t min,
                                   std::int64_t max) {
  if (value >= min && value <= max) return std::nullopt;
  return std::string{name} + " must be between " + std::to_string(min) + " and " + std::to_string(max) +
         ", not " + std::to_string(value);
}

constexpr std::int64_t kRateMax = 1'000'000'000;

struct Number {
  std::string_view name;
  std::int64_t value;
  std::int64_t min;
  std::int64_t max;
};

bool is_port(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > 5 || text.front() == '0' || !std::ranges::all_of(text, digit))
    return false;
  return std::stoi(std::string{text}) <= 65'535;
}

bool is_label(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, plain);
}

/// A name of small letters (RFC 1123), an IPv4 address, or an IPv6 address in brackets.
bool is_host_of_origin(std::string_view text) {
  if (text.starts_with('[')) {
    if (!text.ends_with(']') || text.find('%') != std::string_view::npos) return false;
    boost::system::error_code error;
    boost::asio::ip::make_address_v6(std::string{text.substr(1, text.size() - 2)}, error);
    return !error;
  }
  for (;;) {
    const auto dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

bool is_origin(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  if (text.substr(0, scheme) != "https" && text.substr(0, scheme) != "http") return false;
  auto host = text.substr(scheme + 3);
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    // Browsers leave the port out where it is the scheme's own, so one that is written would never match.
    const auto port = host.substr(colon + 1);
    if (!is_port(port) || port == (scheme == 5 ? "443" : "80")) return false;
    host = host.substr(0, colon);
  }
  return is_host_of_origin(host);
}

bool is_socket_path(std::string_view text) {
  constexpr std::size_t kBytesMax = sizeof(sockaddr_un::sun_path) - 1;
  return text.starts_with('/') && !text.ends_with('/') && text.size() <= kBytesMax;
}

std::optional<std::string> find_problem(const Settings& settings) {
  boost::system::error_code error;
  boost::asio::ip::make_address(settings.host, error);
  if (error) return "host must be an IP address of this machine, not '" + settings.host + "'";
  if (!settings.socket.empty() && !is_socket_path(settings.socket))
    return "socket must be an absolute path of a file, of at most 107 bytes, not '" + settings.socket + "'";
  const auto number = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  const Number numbers[] = {
      {"threads", number(settings.threads), 0, 256},
      {"header_bytes_max", number(settings.gate.header_bytes_max), 1'024, 65'536},
      {"fields_max", number(settings.gate.fields_max), 8, number(RequestHead::kFieldsCapacity)},
      {"target_bytes_max", number(settings.gate.target_bytes_max), 256,
       number(settings.gate.header_bytes_max)},
      {"body_bytes_max", number(settings.body_bytes_max), 1'024, 16'777'216},
      {"json_depth_max", number(settings.json_depth_max), 8, 64},
      {"header_ms_max", settings.header_ms_max.count(), 10, 600'000},
      {"body_ms_max", settings.body_ms_max.count(), 10, 600'000},
      {"write_ms_max", settings.write_ms_max.count(), 10, 600'000},
      {"idle_ms_max", settings.idle_ms_max.count(), 10, 600'000},
      {"handler_ms_max", settings.handler_ms_max.count(), 10, 600'000},
      {"requests_per_connection_max", number(settings.requests_per_connection_max), 1, 1'000'000'000},
      {"connections_max", number(settings.connections_max), 1, 1'000'000},
      {"connections_per_address_max", number(settings.connections_per_address_max), 1, 1'000'000},
      {"reads_per_min", settings.rates.reads_per_min, 0, kRateMax},
      {"changes_per_min", settings.rates.changes_per_min, 0, kRateMax},
      {"checkouts_per_min", settings.rates.checkouts_per_min, 0, kRateMax},
      {"notices_per_min", settings.rates.notices_per_min, 0, kRateMax},
      {"failed_keys_per_min", settings.rates.failed_keys_per_min, 0, kRateMax},
      {"cart_changes_per_min", settings.rates.cart_changes_per_min, 0, kRateMax},
      {"cart_checkouts_per_min", settings.rates.cart_checkouts_per_min, 0, kRateMax},
  };
  for (const auto& [name, value, min, max] : numbers) {
    if (auto problem = outside(name, value, min, max)) return problem;
  }
  for (const auto& proxy : settings.proxies) {
    if (!AddressRange::parse(proxy)) {
      return "proxies must be addresses or networks such as 10.0.0.0/8, not '" + proxy + "'";
    }
  }
  for (const auto& origin : settings.cors_origins) {
    if (!is_origin(origin)) {
      return "cors_origins must be exact origins such as https://shop.example, not '" + origin + "'";
    }
  }
  return std::nullopt;
}

}  // namespace shopflow::http
