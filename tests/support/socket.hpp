#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <system_error>

namespace shopflow::testing {

[[nodiscard]] inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// Of the Unix socket at `path`. Throws if that is too long for one.
[[nodiscard]] inline sockaddr_un socket_file(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::invalid_argument{"too long for a socket: " + path};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

/// A blocking connection, which the caller closes. Throws std::system_error.
template <class Address>
[[nodiscard]] int connected(const Address& address) {
  const auto* general = reinterpret_cast<const sockaddr*>(&address);
  const int connection = ::socket(general->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0) throw std::system_error{errno, std::generic_category(), "no socket"};
  if (::connect(connection, general, sizeof address) == 0) return connection;
  const int error = errno;
  ::close(connection);
  throw std::system_error{error, std::generic_category(), "no connection"};
}

}  // namespace shopflow::testing
