#include "simulate/latency.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace shopflow::simulate {

// The first kSteps buckets hold one microsecond each; from there on, each run of kSteps buckets covers twice
// the time of the run before, in steps twice as wide.
std::size_t LatencyHistogram::bucket_of(std::uint64_t microseconds) {
  if (microseconds < kSteps) return static_cast<std::size_t>(microseconds);
  const auto shift = static_cast<std::size_t>(std::bit_width(microseconds)) - std::bit_width(kSteps);
  const auto step = static_cast<std::size_t>(microseconds >> shift) - kSteps;
  return std::min(kSteps * (shift + 1) + step, kBuckets - 1);
}

std::uint64_t LatencyHistogram::upper_end(std::size_t bucket) {
  if (bucket < kSteps) return bucket;
  const auto shift = bucket / kSteps - 1;
  const auto step = bucket % kSteps + kSteps;
  return ((step + 1) << shift) - 1;
}

void LatencyHistogram::add(Duration took, std::uint64_t times) {
  const auto time = std::max(took, Duration{0});
  buckets_[bucket_of(static_cast<std::uint64_t>(time.count()))] += times;
  count_ += times;
  max_ = std::max(max_, time);
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

LatencyHistogram::Duration LatencyHistogram::quantile(double share) const {
  if (count_ == 0) return Duration{0};
  const auto wanted =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return std::min(Duration{upper_end(i)}, max_);
  }
  return max_;
}

}  // namespace shopflow::simulate
