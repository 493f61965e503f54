#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace shopflow::fault {

/// Listens on a unix socket or on a TCP port of loopback, and gives each connection to a function on a thread
/// of its own. Ends with this object, and the connections with it.
class Wayside {
 public:
  /// Reads and writes the connection until it ends or `over` is true; each read waits for 50 ms at most.
  using Serve = std::function<void(int connection, const std::atomic<bool>& over)>;
  /// An empty path takes a free port.
  Wayside(const std::string& path, Serve serve);
  ~Wayside();
  Wayside(const Wayside&) = delete;
  Wayside& operator=(const Wayside&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void accept_all();

  Serve serve_;
  int socket_;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_{false};
  std::jthread thread_;
};

/// A connection to a unix socket; -1 if nobody listens there.
[[nodiscard]] int connect_to(const std::string& path);
/// True if all of it was written.
bool write_all(int connection, std::string_view bytes);

}  // namespace shopflow::fault
