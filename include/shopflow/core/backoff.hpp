#pragma once

#include <chrono>

#include "shopflow/core/ids.hpp"

namespace shopflow {

/// Attempts after which something that keeps failing is given to the people: about three days.
inline constexpr int kAttemptsMax = 25;

/// How long to wait after the given attempt (1, 2, 3…) has failed: 1 s, 4 s, 15 s, 1 min, 4 min, 15 min, 1 h,
/// then 4 h each. Up to 10 % more or less, which follows from `what`, so that what failed together does not
/// come back together. Pure.
[[nodiscard]] std::chrono::microseconds backoff(int attempt, const Uuid& what);

}  // namespace shopflow
