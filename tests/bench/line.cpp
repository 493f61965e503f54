#include "bench/line.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "support/socket.hpp"

namespace shopflow::bench {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error{errno, std::generic_category(), what}; }

int connected_to_port(std::uint16_t port) {
  const int socket = testing::connected(testing::loopback(port));
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

}  // namespace

Line::~Line() { close(); }

void Line::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

bool Line::open() {
  if (socket_ >= 0) return false;
  socket_ = server_.socket.empty() ? connected_to_port(server_.port)
                                   : testing::connected(testing::socket_file(server_.socket));
  reader_.clear();
  return true;
}

void Line::send(const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    // A request is far smaller than the socket's buffer, so this blocks for as long as never.
    const auto count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count < 0) fail("a request could not be sent");
    sent += static_cast<std::size_t>(count);
  }
}

std::optional<Answer> Line::receive() {
  const auto count = ::recv(socket_, reader_.room(), reader_.room_bytes(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  if (count < 0) fail("an answer could not be read");
  if (count == 0) throw std::runtime_error{"the server closed a connection that waited for an answer"};
  reader_.received(static_cast<std::size_t>(count));
  return reader_.take();
}

}  // namespace shopflow::bench
