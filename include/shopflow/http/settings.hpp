#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shopflow::http {

/// What bounds the header block of a request; the gate refuses what goes beyond.
struct GateLimits {
  std::size_t header_bytes_max = 8 * 1024;  // request line and fields together
  std::size_t fields_max = 64;
  std::size_t target_bytes_max = 4 * 1024;
};

/// How the server listens and what it puts up with. Checked once, by `Server`.
struct Settings {
  std::string host = "127.0.0.1";  // an address of this machine, IPv4 or IPv6
  std::uint16_t port = 8080;       // 0: any free one, see Server::port()
  std::size_t threads = 0;         // 0: one for each core

  GateLimits gate;
  std::chrono::milliseconds header_ms_max{5'000};    // from the first byte to the blank line
  std::chrono::milliseconds body_ms_max{15'000};     // the whole body
  std::chrono::milliseconds write_ms_max{15'000};    // the whole answer: bounds a slow reader
  std::chrono::milliseconds idle_ms_max{30'000};     // between two requests
  std::chrono::milliseconds handler_ms_max{30'000};  // then 503

  std::size_t requests_per_connection_max = 1'000;
  std::size_t connections_max = 10'000;
  std::size_t connections_per_address_max = 100;
  bool limit_loopback = true;  // whether the limit per address holds for 127.0.0.0/8 and ::1 too

  std::vector<std::string> cors_origins;  // exact, for example https://shop.example; never *
  bool behind_tls = false;                // adds Strict-Transport-Security
  bool access_log = true;
};

/// The first setting that can't be, as a sentence that starts with its name; nullopt if all are fine.
[[nodiscard]] std::optional<std::string> find_problem(const Settings& settings);

}  // namespace shopflow::http
