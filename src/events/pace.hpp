#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "shopflow/events/relay.hpp"

namespace shopflow::events {

/// In which steps a handler goes on. The larger a batch, the less an event costs: orders that are placed and
/// paid within one step are written once. So the steps are longer while events come fast. Not thread-safe.
class Pace {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  explicit Pace(const RelaySettings& settings)
      : step_{settings.gather},
        rush_step_{settings.gather_in_rush},
        rush_events_per_s_{static_cast<double>(settings.rush_events_per_s)} {}

  /// The handler has gone through so many events of the log, in a pass that began then.
  void passed(std::size_t events, Moment began) {
    const auto since = std::max<std::chrono::duration<double>>(began - last_, step_);
    is_rush_ = step_.count() > 0 && static_cast<double>(events) >= rush_events_per_s_ * since.count();
    last_ = began;
  }
  /// There was nothing to do.
  void rested() { is_rush_ = false; }

  [[nodiscard]] std::chrono::milliseconds step() const {
    return is_rush_ ? std::max(step_, rush_step_) : step_;
  }

 private:
  std::chrono::milliseconds step_;
  std::chrono::milliseconds rush_step_;
  double rush_events_per_s_;
  Moment last_{};
  bool is_rush_ = false;
};

}  // namespace shopflow::events
