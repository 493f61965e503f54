#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shopflow::cache {

/// Where a Redis is: a unix socket, or a host that is on the same machine or in a trusted network (no TLS).
struct RedisAddress {
  std::string path;  // of the unix socket; empty for TCP
  std::string host;
  std::string port = "6379";
  std::string password;
  int database = 0;

  /// Reads `unix:/path`, `unix:/path?db=2` or `redis://[:password@]host[:port][/db]`; nullopt for other text.
  [[nodiscard]] static std::optional<RedisAddress> parse(std::string_view url);
};

}  // namespace shopflow::cache
