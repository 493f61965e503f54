#include "fault/server.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace shopflow::fault {
namespace {

using Steady = std::chrono::steady_clock;

int milliseconds_until(Steady::time_point moment) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(moment - Steady::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

}  // namespace

Server::Server(const std::string& program, const testing::Settings& settings, std::string log) {
  const auto heard = testing::spawn_heard({program, "serve", "--migrate"}, settings, log);
  pid_ = heard.pid;
  output_ = heard.output;
}

Server::~Server() {
  if (runs()) {
    signal(SIGCONT);
    signal(SIGKILL);
    (void)await_end(std::chrono::seconds{20});
  }
  ::close(output_);
}

void Server::signal(int number) {
  if (ended_) return;
  killed_ = killed_ || number == SIGKILL;
  if (told_) told_();
  ::kill(pid_, number);
}

bool Server::await_ready(std::chrono::milliseconds longest) {
  const auto deadline = Steady::now() + longest;
  std::string line;
  while (!line.ends_with('\n')) {
    pollfd wanted{output_, POLLIN, 0};
    if (::poll(&wanted, 1, milliseconds_until(deadline)) <= 0) return false;
    char c = 0;
    if (::read(output_, &c, 1) != 1) return false;
    line.push_back(c);
  }
  const auto colon = line.rfind(':');
  if (line.find("listens on") == std::string::npos || colon == std::string::npos) return false;
  port_ = static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
  return true;
}

std::optional<int> Server::await_end(std::chrono::milliseconds longest) {
  if (ended_) return ended_;
  if (longest.count() > 0) {
    const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    pollfd wanted{descriptor, POLLIN, 0};
    ::poll(&wanted, 1, static_cast<int>(longest.count()));
    ::close(descriptor);
  }
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return ended_;
}

}  // namespace shopflow::fault
