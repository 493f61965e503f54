#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "bench/answer_reader.hpp"

namespace shopflow::bench {

/// Where a server listens: at a Unix socket, or, without one, at a port of loopback.
struct Address {
  std::uint16_t port = 0;
  std::string socket;
};

/// A kept-alive connection to a server on this machine, opened anew after the server has said that it closes.
/// Never blocks for reading. One thread.
class Line {
 public:
  explicit Line(Address server) : server_{std::move(server)} {}
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  /// Opens the connection unless it is open; true if it is a new one.
  bool open();
  void close();
  void send(const std::string& bytes);
  /// Reads what is there; the answer when it is complete. Throws when the server has closed.
  [[nodiscard]] std::optional<Answer> receive();

  [[nodiscard]] int descriptor() const { return socket_; }

 private:
  Address server_;
  int socket_ = -1;
  AnswerReader reader_;
};

}  // namespace shopflow::bench
