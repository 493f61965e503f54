#include "fault/wayside.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace shopflow::fault {
namespace {

constexpr int kLookMs = 50;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error{"too long for a socket: " + path};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

}  // namespace

Wayside::Wayside(const std::string& path, Serve serve)
    : serve_{std::move(serve)},
      socket_{::socket(path.empty() ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  int failed = 0;
  if (path.empty()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    failed = ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  } else {
    ::unlink(path.c_str());
    auto address = address_of(path);
    failed = ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  if (failed != 0 || ::listen(socket_, 128) != 0) throw std::runtime_error{"cannot listen on " + path};
  thread_ = std::jthread{[this] { accept_all(); }};
}

Wayside::~Wayside() {
  over_ = true;
  thread_.join();
  ::close(socket_);
}

void Wayside::accept_all() {
  std::vector<std::jthread> connections;
  while (!over_) {
    pollfd wanted{socket_, POLLIN, 0};
    if (::poll(&wanted, 1, kLookMs) <= 0) continue;
    const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    const timeval limit{0, kLookMs * 1000};
    ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    connections.emplace_back([this, connection] {
      serve_(connection, over_);
      ::close(connection);
    });
  }
}

int connect_to(const std::string& path) {
  const int connection = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = address_of(path);
  if (::connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return connection;
  ::close(connection);
  return -1;
}

bool write_all(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace shopflow::fault
