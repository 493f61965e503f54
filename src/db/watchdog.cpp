#include "db/watchdog.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "shopflow/core/thread_name.hpp"
#include "shopflow/db/patience.hpp"

namespace shopflow::db {
namespace {

constexpr std::chrono::milliseconds kLook{100};
// A statement that may take longer than this by itself says nothing of PostgreSQL when it is cut off.
constexpr std::chrono::nanoseconds kOrdinary{std::chrono::minutes{1}};

std::int64_t steady_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

int duplicate_of(int socket) {
  const int duplicate = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) throw std::system_error{errno, std::generic_category(), "no descriptor for a session"};
  return duplicate;
}

}  // namespace

Watch::Watch(int socket) : socket_{duplicate_of(socket)} { Watchdog::shared().add(*this); }

Watch::~Watch() {
  Watchdog::shared().remove(*this);
  ::close(socket_);
}

Watch::Wait::Wait(Watch& watch, std::chrono::milliseconds patience) : watch_{watch} {
  watch_.patience_ = std::chrono::nanoseconds{patience}.count();
  watch_.since_ = steady_now();
}

Watchdog& Watchdog::shared() {
  static Watchdog one;  // singleton: see the declaration.
  return one;
}

Watchdog::Watchdog() : thread_{[this] { run(); }} {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Watchdog::add(Watch& watch) {
  {
    const std::lock_guard lock{mutex_};
    watches_.push_back(&watch);
  }
  wake_.notify_one();
}

void Watchdog::remove(Watch& watch) {
  const std::lock_guard lock{mutex_};
  std::erase(watches_, &watch);
}

void Watchdog::limit(std::chrono::nanoseconds most) {
  const std::lock_guard lock{mutex_};
  most_ = most;
  given_up_ = false;
}

void Watchdog::note_failure() {
  const std::lock_guard lock{mutex_};
  given_up_ = most_.count() > 0;
}

void Watchdog::run() {
  name_thread("watchdog");
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    if (watches_.empty()) {
      wake_.wait(lock);
    } else {
      wake_.wait_for(lock, kLook);
      look();
    }
  }
}

void Watchdog::look() {
  const auto now = steady_now();
  for (auto* watch : watches_) {
    const auto since = watch->since_.load();
    if (since == 0 || watch->over_) continue;
    auto patience = watch->patience_.load();
    if (most_.count() > 0) patience = std::min(patience, std::int64_t{most_.count()});
    if (now - since <= patience) continue;
    watch->over_ = true;
    if (most_.count() > 0 && watch->patience_ <= kOrdinary.count()) given_up_ = true;
    ::shutdown(watch->socket_, SHUT_RDWR);
    spdlog::warn("PostgreSQL has not answered for {} ms: the session is ended", (now - since) / 1'000'000);
  }
}

ShortPatience::ShortPatience(std::chrono::milliseconds most) { Watchdog::shared().limit(most); }
ShortPatience::~ShortPatience() { Watchdog::shared().limit(std::chrono::nanoseconds{0}); }

}  // namespace shopflow::db
