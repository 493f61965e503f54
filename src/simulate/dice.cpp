#include "simulate/dice.hpp"

#include <algorithm>
#include <stdexcept>

namespace shopflow::simulate {

std::uint64_t Dice::next() {
  state_ += 0x9E3779B97F4A7C15U;
  auto z = state_;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

std::int64_t Dice::between(std::int64_t min, std::int64_t max) {
  const auto span = static_cast<std::uint64_t>(max - min) + 1;
  return min + static_cast<std::int64_t>(next() % span);
}

WeightedChoice::WeightedChoice(const std::vector<std::uint32_t>& weights) {
  std::uint64_t sum = 0;
  for (const auto weight : weights) ends_.push_back(sum += weight);
  if (sum == 0) throw std::invalid_argument{"there is nothing to choose from"};
}

std::size_t WeightedChoice::pick(Dice& dice) const {
  const auto at = dice.next() % ends_.back();
  return static_cast<std::size_t>(std::ranges::upper_bound(ends_, at) - ends_.begin());
}

std::vector<std::uint32_t> popularity(std::size_t count) {
  constexpr std::size_t kMost = 1'000'000;
  std::vector<std::uint32_t> weights;
  for (std::size_t i = 0; i < count; ++i) {
    weights.push_back(static_cast<std::uint32_t>(std::max<std::size_t>(1, kMost / (i + 1))));
  }
  return weights;
}

}  // namespace shopflow::simulate
