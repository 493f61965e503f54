#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace shopflow::http {

/// So many requests in a window, all at once or spread over it: a bucket of tokens that fills up steadily.
struct Rate {
  Rate() = default;
  /// `requests` may be 0: no limit.
  constexpr explicit Rate(std::int64_t requests_in_window)
      : requests{requests_in_window}, each{requests == 0 ? window : window / requests} {}

  static constexpr std::chrono::nanoseconds window{60'000'000'000};
  std::int64_t requests = 0;
  std::chrono::nanoseconds each{window};  // how long it takes for one more
};

/// How many requests each key has left. A bucket is one moment, that at which it will be full again (GCRA, as
/// in ATM Forum TM 4.0), so it costs 16 bytes and no timer. The memory is fixed: where many keys share a
/// place, that one is forgotten which is the nearest to being full. Keys must be hashed with a secret, or a
/// client could choose whom to push out. Thread-safe; one use takes some tens of nanoseconds.
class RateBook {
 public:
  using Clock = std::chrono::steady_clock;

  RateBook();

  /// Takes one token; gives how long the caller has to wait for one, zero if it got one.
  [[nodiscard]] std::chrono::nanoseconds take(std::uint64_t key, const Rate& rate, Clock::time_point now);
  /// The same without taking one.
  [[nodiscard]] std::chrono::nanoseconds look(std::uint64_t key, const Rate& rate, Clock::time_point now);

 private:
  static constexpr std::size_t kPlaces = 4;
  static constexpr std::size_t kSets = 32'768;
  static constexpr std::size_t kLocks = 512;

  struct Bucket {
    std::uint64_t key = 0;
    std::int64_t full_at = 0;  // nanoseconds of the clock
  };
  using Set = std::array<Bucket, kPlaces>;
  struct alignas(64) Lock {
    std::mutex mutex;
  };

  static Bucket& find(Set& set, std::uint64_t key);

  std::vector<Set> sets_;
  std::vector<Lock> locks_;
};

}  // namespace shopflow::http
