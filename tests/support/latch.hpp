#pragma once

#include <condition_variable>
#include <mutex>

namespace shopflow::testing {

/// What std::latch is. That of libstdc++ 12 may sleep for ever: it looks whether it is open, reads the
/// counter afterwards, and waits for that to change, which it never does if it has become 0 in between.
class Latch {
 public:
  explicit Latch(int count) : count_{count} {}
  void count_down() {
    const std::lock_guard lock{mutex_};
    if (--count_ <= 0) open_.notify_all();
  }
  void wait() {
    std::unique_lock lock{mutex_};
    open_.wait(lock, [this] { return count_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable open_;
  int count_;
};

}  // namespace shopflow::testing
