#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shopflow::http {

/// What bounds the header block of a request; the gate refuses what goes beyond.
struct GateLimits {
  std::size_t header_bytes_max = 8 * 1024;  // request line and fields together
  std::size_t fields_max = 64;
  std::size_t target_bytes_max = 4 * 1024;
};

/// How many requests are taken in a minute, all at once or spread over it; 0 is no limit. Behind keys there
/// is none but for wrong keys.
struct Rates {
  std::int64_t reads_per_min = 0;      // of one address
  std::int64_t changes_per_min = 0;    // of one address: what it changes of carts and orders
  std::int64_t checkouts_per_min = 0;  // of one address: checkouts, attempts to pay and cancellations
  std::int64_t notices_per_min = 0;    // of one address: webhooks
  std::int64_t failed_keys_per_min = 0;
  std::int64_t cart_changes_per_min = 0;    // of one cart or order
  std::int64_t cart_checkouts_per_min = 0;  // of one cart or order
};

/// How the server listens and what it puts up with. Checked once, by `Server`.
struct Settings {
  std::string host = "127.0.0.1";  // an address of this machine, IPv4 or IPv6
  std::uint16_t port = 8080;       // 0: any free one, see Server::port()
  /// A Unix socket to listen at as well, for a proxy on this machine; empty is none. The user and the group
  /// of the process may connect; like `proxies`, their X-Forwarded-For is believed.
  std::string socket;
  std::size_t threads = 0;  // 0: one for each core

  GateLimits gate;
  std::size_t body_bytes_max = 256UL * 1024;  // of routes without a limit of their own
  std::size_t json_depth_max = 32;            // arrays and objects within each other; webhooks know their own
  std::chrono::milliseconds header_ms_max{5'000};    // from the first byte to the blank line
  std::chrono::milliseconds body_ms_max{15'000};     // the whole body
  std::chrono::milliseconds write_ms_max{15'000};    // the whole answer: bounds a slow reader
  std::chrono::milliseconds idle_ms_max{30'000};     // between two requests
  std::chrono::milliseconds handler_ms_max{30'000};  // then 503

  // Only the configuration has defaults for these; 0 is refused.
  std::size_t requests_per_connection_max = 0;
  std::size_t connections_max = 0;
  std::size_t connections_per_address_max = 0;
  Rates rates;
  bool limit_loopback = true;  // whether what is limited per address is for 127.0.0.0/8 and ::1 too
  /// Addresses and networks of proxies, for example 10.0.0.0/8: their X-Forwarded-For is believed, and they
  /// may have any number of connections.
  std::vector<std::string> proxies;

  std::vector<std::string> cors_origins;  // exact, for example https://shop.example; never *
  bool hsts = false;                      // adds Strict-Transport-Security
  bool access_log = true;
};

/// "https://shop.example:8443": a scheme, a host, perhaps a port, and nothing else, as browsers write it (RFC
/// 6454).
[[nodiscard]] bool is_origin(std::string_view text);

/// The absolute path of a file that fits into a socket's address, of 107 bytes at most.
[[nodiscard]] bool is_socket_path(std::string_view text);

/// The first setting that can't be, as a sentence that starts with its name; nullopt if all are fine.
[[nodiscard]] std::optional<std::string> find_problem(const Settings& settings);

}  // namespace shopflow::http
