#include "fault/wayside.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "support/socket.hpp"

namespace shopflow::fault {
namespace {

constexpr int kLookMs = 50;

}  // namespace

Wayside::Wayside(const std::string& path, Serve serve)
    : serve_{std::move(serve)},
      socket_{::socket(path.empty() ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  int failed = 0;
  if (path.empty()) {
    auto address = testing::loopback(0);
    socklen_t size = sizeof address;
    failed = ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  } else {
    ::unlink(path.c_str());
    auto address = testing::socket_file(path);
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

int connect_to(const std::string& path) try {
  return testing::connected(testing::socket_file(path));
} catch (const std::system_error&) {
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
