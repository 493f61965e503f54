#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shopflow {

/// A moment in UTC with the resolution that PostgreSQL's timestamptz keeps.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Where every part of the program takes the time from, so that a test can hold it still. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
};

/// How far the clock is set off: like failpoint_reached, there is no such function in `shopflow` itself.
[[gnu::weak]] std::chrono::microseconds clock_step();

/// The machine's own clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;
};

/// A clock that moves only when it is told to.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : now_{start} {}
  [[nodiscard]] Timestamp now() const override { return now_.load(); }
  void advance(std::chrono::microseconds by) { now_.store(now_.load() + by); }

 private:
  std::atomic<Timestamp> now_;
};

/// What has passed since a moment of the monotonic clock.
[[nodiscard]] inline std::uint64_t microseconds_since(std::chrono::steady_clock::time_point start) {
  const auto passed = std::chrono::steady_clock::now() - start;
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(passed).count());
}

/// RFC 3339 in UTC with milliseconds, rounded down: 2026-11-21T08:15:30.123Z. Moments outside of the years
/// 0000 to 9999 are written as the first and the last of them.
[[nodiscard]] std::string to_rfc3339(Timestamp at);
void append_rfc3339(std::string& out, Timestamp at);

/// Reads RFC 3339 with `Z` or a numeric offset and up to six digits of fraction; anything else, and what lies
/// outside of the years 0000 to 9999 in UTC, is nullopt. A leap second (:60) is refused, as PostgreSQL could
/// not keep it apart.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view text);

}  // namespace shopflow
