#include "bench/line.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace shopflow::bench {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error{errno, std::generic_category(), what}; }

}  // namespace

Line::~Line() { close(); }

void Line::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

bool Line::open() {
  if (socket_ >= 0) return false;
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) fail("no socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr general{};
  static_assert(sizeof general == sizeof address);
  __builtin_memcpy(&general, &address, sizeof general);
  if (::connect(socket_, &general, sizeof general) != 0) fail("the server takes no connection");
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
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
