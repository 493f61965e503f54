#pragma once

#include <algorithm>
#include <mutex>

namespace shopflow::db {

/// Whether the next batch is worth trying without locks (see Lane::Quick). After a failure the next batches
/// are not tried: one, then two, at most 32, until one succeeds. Thread-safe.
class QuickPause {
 public:
  [[nodiscard]] bool tries() {
    const std::lock_guard lock{mutex_};
    if (resting_ == 0) return true;
    --resting_;
    return false;
  }
  void succeeded() {
    const std::lock_guard lock{mutex_};
    pause_ = 0;
  }
  void failed() {
    const std::lock_guard lock{mutex_};
    pause_ = std::clamp(2 * pause_, 1U, kPauseMax);
    resting_ = pause_;
  }

 private:
  static constexpr unsigned kPauseMax = 32;
  std::mutex mutex_;
  unsigned pause_ = 0;    // batches that the last failure made to be left out; 0 after a success
  unsigned resting_ = 0;  // batches that are still to be left out
};

}  // namespace shopflow::db
