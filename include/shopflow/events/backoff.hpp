#pragma once

#include <chrono>
#include <cstdint>

namespace shopflow::events {

/// After so many failed attempts an event is dead: about three days after the first.
inline constexpr int kAttemptsMax = 25;

/// How long to wait after the `attempt`-th failed attempt (1, 2, 3…): 1 s, 4 s, 15 s, 1 min, 4 min, 15 min,
/// 1 h, then 4 h each time. `jitter` from -1 to 1 moves it by up to a tenth, so that what failed together
/// does not come back together.
[[nodiscard]] std::chrono::milliseconds backoff(int attempt, double jitter);

/// A jitter for an attempt at the event of this position: always the same, and different for neighbours.
[[nodiscard]] double spread(std::int64_t position, int attempt);

}  // namespace shopflow::events
