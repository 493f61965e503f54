#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace shopflow::simulate {

/// Chance that comes out the same for the same seed on every machine (SplitMix64, Steele and others, 2014).
/// For play only: whoever has seen a few numbers can tell the next. Not thread-safe.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_{seed} {}

  [[nodiscard]] std::uint64_t next();
  /// From `min` to `max`, both included.
  [[nodiscard]] std::int64_t between(std::int64_t min, std::int64_t max);
  /// True with a probability of `percent` in a hundred.
  [[nodiscard]] bool chance(int percent) { return between(1, 100) <= percent; }

 private:
  std::uint64_t state_;
};

/// Picks places of a list, each with a probability in proportion to its weight. Immutable, thread-safe.
class WeightedChoice {
 public:
  /// Throws std::invalid_argument if the weights are none, or come to nothing.
  explicit WeightedChoice(const std::vector<std::uint32_t>& weights);

  [[nodiscard]] std::size_t pick(Dice& dice) const;
  [[nodiscard]] std::size_t size() const { return ends_.size(); }

 private:
  std::vector<std::uint64_t> ends_;  // running sums
};

/// Weights by which the first of `count` places is twice as popular as the second and three times as popular
/// as the third (Zipf's law), as the goods of a shop are.
[[nodiscard]] std::vector<std::uint32_t> popularity(std::size_t count);

}  // namespace shopflow::simulate
