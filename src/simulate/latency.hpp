#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace shopflow::simulate {

/// Counts how long things took, in buckets that grow with the time: 128 to each doubling, so that every
/// figure is within 1 % of the truth, from a microsecond to an hour, in 25 KB. The idea is
/// that of HdrHistogram. Not thread-safe.
class LatencyHistogram {
 public:
  using Duration = std::chrono::microseconds;

  void add(Duration took, std::uint64_t times = 1);
  void merge(const LatencyHistogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Duration max() const { return max_; }
  /// The time within which the share (0 to 1) of all stayed; the upper end of a bucket, and never more than
  /// max. 0 without any.
  [[nodiscard]] Duration quantile(double share) const;

 private:
  static constexpr std::size_t kSteps = 128;  // of one doubling
  static constexpr std::size_t kDoublings = 26;
  static constexpr std::size_t kBuckets = kSteps * kDoublings;

  [[nodiscard]] static std::size_t bucket_of(std::uint64_t microseconds);
  [[nodiscard]] static std::uint64_t upper_end(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  Duration max_{0};
};

}  // namespace shopflow::simulate
