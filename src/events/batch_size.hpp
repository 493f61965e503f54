#pragma once

#include <algorithm>
#include <cstddef>

namespace shopflow::events {

/// How many events a handler gets at once. A batch that fails is halved and tried again from its beginning,
/// so that the cursor creeps up to the culprit until it stands alone; each success doubles the size again.
class BatchSize {
 public:
  explicit BatchSize(std::size_t max) : max_{std::max<std::size_t>(max, 1)}, now_{max_} {}

  [[nodiscard]] std::size_t limit() const { return now_; }
  void succeeded() { now_ = std::min(max_, now_ * 2); }

  /// A batch of `count` events failed. True if the culprit is found: it was alone.
  [[nodiscard]] bool failed(std::size_t count) {
    now_ = std::max<std::size_t>(1, count / 2);
    return count <= 1;
  }

 private:
  std::size_t max_;
  std::size_t now_;
};

}  // namespace shopflow::events
