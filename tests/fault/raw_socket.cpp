#include "fault/raw_socket.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "support/socket.hpp"

namespace shopflow::fault {

RawSocket::RawSocket(std::uint16_t port) : socket_{testing::connected(testing::loopback(port))} {}

RawSocket::~RawSocket() { ::close(socket_); }

bool RawSocket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    pollfd wait{.fd = socket_, .events = POLLOUT, .revents = 0};
    if (::poll(&wait, 1, 1000) != 1) return false;
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawSocket::finish_sending() { ::shutdown(socket_, SHUT_WR); }

void RawSocket::read_slowly(int bytes) { ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes); }

RawSocket::Received RawSocket::read_to_the_end(std::chrono::seconds longest) {
  Received received;
  const auto deadline = std::chrono::steady_clock::now() + longest;
  std::array<char, 16384> buffer{};
  while (std::chrono::steady_clock::now() < deadline) {
    pollfd wait{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&wait, 1, 200) == 0) continue;
    const auto count = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (count <= 0) {
      received.closed = true;
      break;
    }
    received.bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return received;
}

}  // namespace shopflow::fault
