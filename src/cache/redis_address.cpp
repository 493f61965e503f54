#include "shopflow/cache/redis_address.hpp"

#include <charconv>

namespace shopflow::cache {
namespace {

/// A decimal number up to `max`, without sign or blanks.
std::optional<int> number(std::string_view text, int max) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > max)
    return std::nullopt;
  return value;
}

constexpr int kDatabaseMax = 1023;
constexpr std::size_t kSocketPathMax = 107;  // sun_path holds 108 bytes with its terminator

}  // namespace

std::optional<RedisAddress> RedisAddress::parse(std::string_view url) {
  constexpr std::string_view local = "unix:";
  constexpr std::string_view remote = "redis://";
  constexpr std::string_view query = "?db=";
  RedisAddress address;
  std::optional<int> database = 0;
  if (url.starts_with(local)) {
    url.remove_prefix(local.size());
    if (const auto at = url.find(query); at != std::string_view::npos) {
      database = number(url.substr(at + query.size()), kDatabaseMax);
      url = url.substr(0, at);
    }
    if (!database || !url.starts_with('/') || url.size() > kSocketPathMax) return std::nullopt;
    address.path = url;
  } else if (url.starts_with(remote)) {
    url.remove_prefix(remote.size());
    if (const auto slash = url.find('/'); slash != std::string_view::npos) {
      if (slash + 1 < url.size()) database = number(url.substr(slash + 1), kDatabaseMax);
      url = url.substr(0, slash);
    }
    if (const auto at = url.rfind('@'); at != std::string_view::npos) {
      const auto secret = url.substr(0, at);
      if (!secret.starts_with(':') || secret.size() == 1) return std::nullopt;
      address.password = secret.substr(1);
      url = url.substr(at + 1);
    }
    if (const auto colon = url.find(':'); colon != std::string_view::npos) {
      const auto port = number(url.substr(colon + 1), 65535);
      if (!port || *port == 0) return std::nullopt;
      address.port = std::to_string(*port);
      url = url.substr(0, colon);
    }
    if (!database || url.empty()) return std::nullopt;
    address.host = url;
  } else {
    return std::nullopt;
  }
  address.database = *database;
  return address;
}

}  // namespace shopflow::cache
