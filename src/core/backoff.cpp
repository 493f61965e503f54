#include "shopflow/core/backoff.hpp"

#include <algorithm>
#include <array>

namespace shopflow {

std::chrono::microseconds backoff(int attempt, const Uuid& what) {
  using namespace std::chrono_literals;
  constexpr std::array<std::chrono::seconds, 8> waits{1s, 4s, 15s, 60s, 240s, 900s, 3600s, 14400s};
  const auto step = static_cast<std::size_t>(std::clamp(attempt, 1, static_cast<int>(waits.size()))) - 1;
  const std::chrono::microseconds wait{waits[step]};
  // The last bytes of a UUID are random; the attempt turns them, so that two do not stay together for ever.
  const auto turn =
      static_cast<unsigned>(what.bytes[15]) + 31U * what.bytes[14] + 97U * static_cast<unsigned>(attempt);
  const auto permille = static_cast<int>(turn % 201U) - 100;
  return wait + wait * permille / 1000;
}

}  // namespace shopflow
