#include "shopflow/events/backoff.hpp"

#include <algorithm>
#include <array>

namespace shopflow::events {

std::chrono::milliseconds backoff(int attempt, double jitter) {
  using std::chrono::seconds;
  constexpr std::array waits{seconds{1},   seconds{4},   seconds{15},   seconds{60},
                             seconds{240}, seconds{900}, seconds{3600}, seconds{14'400}};
  const auto step =
      std::clamp<std::size_t>(static_cast<std::size_t>(std::max(attempt, 1)), 1, waits.size()) - 1;
  const std::chrono::duration<double, std::milli> wait = waits[step];
  return std::chrono::round<std::chrono::milliseconds>(wait * (1.0 + 0.1 * std::clamp(jitter, -1.0, 1.0)));
}

double spread(std::int64_t position, int attempt) {
  // The finalizer of SplitMix64 makes neighbours far apart.
  auto mixed = static_cast<std::uint64_t>(position) * 64U + static_cast<std::uint64_t>(attempt);
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBULL;
  mixed ^= mixed >> 31U;
  return static_cast<double>(mixed % 2001U) / 1000.0 - 1.0;
}

}  // namespace shopflow::events
