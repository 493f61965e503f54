#pragma once

#include <cstdint>
#include <memory>

#include "bench/stand.hpp"
#include "simulate/latency.hpp"

namespace shopflow::bench {

/// How far the log and its slowest handler have come, as anybody sees it who asks the database.
struct LogState {
  std::int64_t head = 0;
  std::int64_t done = 0;  // every handler has applied everything up to here
};

/// Looks at the log over a connection of its own. One thread.
class LogWatch {
 public:
  explicit LogWatch(Stand& stand);
  ~LogWatch();
  LogWatch(const LogWatch&) = delete;
  LogWatch& operator=(const LogWatch&) = delete;

  /// Looks after that time, for which the database waits.
  [[nodiscard]] LogState look(Seconds after = Seconds{0});

 private:
  struct Session;
  std::unique_ptr<Session> session_;
};

/// Looks every millisecond, and notes for each event how long it took from the look that saw it committed to
/// the one that saw the last handler's effect committed. Has a thread of its own.
class LagMeter {
 public:
  explicit LagMeter(Stand& stand);
  ~LagMeter();
  LagMeter(const LagMeter&) = delete;
  LagMeter& operator=(const LagMeter&) = delete;

  /// Ends the looking; gives the times of all events that were seen both times.
  [[nodiscard]] simulate::LatencyHistogram finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shopflow::bench
