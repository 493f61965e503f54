#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include "http/shop.hpp"
#include "support/environment.hpp"

namespace shopflow::testing {
namespace {

/// The end of NOTIFY_SOCKET at which systemd listens.
class ServiceManager {
 public:
  ServiceManager() {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::memcpy(address.sun_path + 1, name_.data(), name_.size());
    const timeval patience{60, 0};
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name_.size());
    // The kernel takes addresses of every family by the head that they share.
    const auto* head = reinterpret_cast<const sockaddr*>(&address);
    if (::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        ::bind(socket_, head, size) != 0) {
      throw std::runtime_error{"no socket for the server's notices"};
    }
  }
  ~ServiceManager() { ::close(socket_); }
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  /// Without a name in the file system.
  [[nodiscard]] std::string address() const { return "@" + name_; }
  [[nodiscard]] std::string next_notice() const {
    std::array<char, 256> text{};
    const auto size = ::recv(socket_, text.data(), text.size(), 0);
    return size < 0 ? "nothing for a minute" : std::string{text.data(), static_cast<std::size_t>(size)};
  }

 private:
  const std::string name_ = unique_name("shopflow_test_notices");
  const int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

TEST(Systemd, HearsThatTheServerIsReadyLivesAndStops) {
  const ServiceManager systemd;
  TestServer server{{{"NOTIFY_SOCKET", systemd.address()}, {"WATCHDOG_USEC", "90000"}}};
  EXPECT_EQ(systemd.next_notice(), "READY=1");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(systemd.next_notice(), "WATCHDOG=1");
  EXPECT_EQ(server.stop(SIGTERM), 0);
  auto last = systemd.next_notice();
  while (last == "WATCHDOG=1") last = systemd.next_notice();
  EXPECT_EQ(last, "STOPPING=1");
}

}  // namespace
}  // namespace shopflow::testing
