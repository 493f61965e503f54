#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "support/socket.hpp"

namespace shopflow::http::testing {

/// An answer as it came over the wire.
struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  [[nodiscard]] std::string field(std::string_view name) const {
    const auto at = head.find("\r\n" + std::string{name} + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

/// A client that sends exactly the bytes that it is told to. Blocking; gives up after ten seconds.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port)
      : socket_{shopflow::testing::connected(shopflow::testing::loopback(port))} {}
  /// At a Unix socket.
  explicit RawClient(const std::string& path)
      : socket_{shopflow::testing::connected(shopflow::testing::socket_file(path))} {}
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  /// Sends it again and again, reading nothing, until the server has taken nothing for a while; false if it
  /// never stops taking.
  [[nodiscard]] bool send_until_nothing_is_taken(std::string_view bytes) const {
    constexpr int kTimes = 1'000'000;
    for (int i = 0; i < kTimes; ++i) {
      pollfd room{.fd = socket_, .events = POLLOUT, .revents = 0};
      if (::poll(&room, 1, 300) == 0) return true;
      if (::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN)
        return true;
    }
    return false;
  }
  void finish_sending() const { ::shutdown(socket_, SHUT_WR); }

  /// The next answer; `bodyless` for the answer to HEAD. Status 0 if the connection ended before it was
  /// complete.
  Answer receive(bool bodyless = false) {
    Answer answer;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return answer;
    }
    answer.head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    const auto length = bodyless ? std::string{} : answer.field("Content-Length");
    const auto wanted = length.empty() ? 0 : std::stoul(length);
    while (buffer_.size() < wanted) {
      if (!fill()) return answer;
    }
    answer.body = buffer_.substr(0, wanted);
    buffer_.erase(0, wanted);
    answer.status = std::atoi(answer.head.c_str() + 9);
    return answer;
  }

  /// Whether bytes of an answer are there before so many milliseconds have passed.
  [[nodiscard]] bool answers_within(int milliseconds) const {
    pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
    return !buffer_.empty() || ::poll(&waiting, 1, milliseconds) == 1;
  }

  /// Whether the server ends the connection without sending anything more.
  bool is_closed() { return buffer_.empty() && !fill(); }

 private:
  bool fill() {
    pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, 10'000) != 1) throw std::runtime_error{"the server neither answered nor closed"};
    char bytes[16'384];
    const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  int socket_;
  std::string buffer_;
};

}  // namespace shopflow::http::testing
