#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "support/process.hpp"

namespace shopflow::fault {

/// One run of the server as a process of its own, which may end in any way at any time. Killed with this
/// object if it still runs. One thread.
class Server {
 public:
  Server(const std::string& program, const testing::Settings& settings, std::string log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Waits until it serves; false if it ended before, or did not begin in time.
  [[nodiscard]] bool await_ready(std::chrono::milliseconds longest = std::chrono::seconds{60});
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

  void signal(int number);
  /// Whether it was sent a SIGKILL.
  [[nodiscard]] bool was_killed() const { return killed_; }
  /// Is called before each signal is sent.
  void tell_before_signals(std::function<void()> told) { told_ = std::move(told); }
  /// Waits for its end: the exit code, or minus the signal. nullopt when it has not ended in time.
  [[nodiscard]] std::optional<int> await_end(std::chrono::milliseconds longest);
  [[nodiscard]] bool runs() { return !await_end(std::chrono::milliseconds{0}).has_value(); }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
  std::optional<int> ended_;
  bool killed_ = false;
  std::function<void()> told_;  // may be empty
};

}  // namespace shopflow::fault
