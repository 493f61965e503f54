#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace shopflow::events {

/// Tells the relay that the log has grown. It stands apart from the relay so that the outbox can be built
/// first. Thread-safe.
class Doorbell {
 public:
  /// Cheap; called after every commit that appended events.
  void ring() {
    {
      const std::lock_guard lock{mutex_};
      ++rings_;
    }
    heard_.notify_all();
  }

  /// How often it has rung.
  [[nodiscard]] std::uint64_t rings() const {
    const std::lock_guard lock{mutex_};
    return rings_;
  }

  /// Returns when it has rung more than `heard` times, or when the time is up; gives the new count.
  std::uint64_t wait(std::uint64_t heard, std::chrono::milliseconds longest) {
    std::unique_lock lock{mutex_};
    heard_.wait_for(lock, longest, [&] { return rings_ > heard; });
    return rings_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable heard_;
  std::uint64_t rings_ = 0;
};

}  // namespace shopflow::events
