#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace shopflow::fault {

/// A connection on loopback for those who mean no good: nothing that it meets is an exception, but that there
/// is no connection at all. One thread.
class RawSocket {
 public:
  explicit RawSocket(std::uint16_t port);
  ~RawSocket();
  RawSocket(RawSocket&& other) noexcept : socket_{std::exchange(other.socket_, -1)} {}
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;
  RawSocket& operator=(RawSocket&&) = delete;

  /// As much as goes out without waiting for longer than a second; whether all of it did.
  bool send(std::string_view bytes);
  /// Nothing more will be sent, and the other side is told.
  void finish_sending();
  /// Keeps the other side from sending more than about this.
  void read_slowly(int bytes);

  struct Received {
    std::string bytes;
    bool closed = false;  // by the other side, in time
  };
  [[nodiscard]] Received read_to_the_end(std::chrono::seconds longest = std::chrono::seconds{20});

 private:
  int socket_;
};

}  // namespace shopflow::fault
