#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace shopflow::fault {

/// Where the clients find the shop: the ports of its servers, 0 for one that is away. Tells them, too,
/// whether a server can be relied on: not from the moment on that a fault is about to end or stop it.
/// Thread-safe.
class Doors {
 public:
  static constexpr std::size_t kServersMax = 2;
  /// A server has read what it was sent `read_within` ago.
  explicit Doors(std::chrono::milliseconds read_within) : read_within_{read_within} {}
  /// A server that is there, the preferred one if it is; 0 if none is.
  [[nodiscard]] std::uint16_t find(std::size_t preferred) const;
  /// `reliable` unless it was started to end itself.
  void open(std::size_t server, std::uint16_t port, bool reliable = true);
  void close(std::size_t server) { ports_.at(server) = 0; }
  /// The same for a server that is asked to end now: it answers whoever it has read from.
  void close_kindly(std::size_t server);
  /// It may vanish from now on, until its door is opened again.
  void doom(std::size_t server) { openings_.at(server) = 0; }
  /// Which opening of a door this port is, 0 if it is none that can be relied on: whoever sees the same
  /// number before and after had a server that nothing was done to all the while.
  [[nodiscard]] std::int64_t opening(std::uint16_t port) const;
  /// Whether the server behind that opening was asked to end, and this long before that had been sent what
  /// was sent then: it has read it. What comes later may cross with its goodbye.
  [[nodiscard]] bool had_read(std::int64_t opening, std::chrono::steady_clock::time_point sent) const;

 private:
  std::chrono::milliseconds read_within_;
  std::array<std::atomic<std::uint16_t>, kServersMax> ports_{};
  std::array<std::atomic<std::int64_t>, kServersMax> openings_{};
  std::atomic<std::int64_t> count_{0};
  std::atomic<std::chrono::steady_clock::time_point> asked_;  // written before what it belongs to
  std::atomic<std::int64_t> asked_opening_{0};
};

}  // namespace shopflow::fault
