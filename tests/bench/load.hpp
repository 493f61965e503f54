#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "bench/line.hpp"
#include "bench/shopper.hpp"
#include "simulate/latency.hpp"

namespace shopflow::bench {

using Seconds = std::chrono::duration<double>;
using Crowd = std::vector<std::unique_ptr<Shopper>>;

struct LoadPlan {
  Address server;
  int threads = 1;
  Seconds warm_up{0};
  /// How long is measured; 0 means until every shopper has nothing left to do.
  Seconds measured{0};
  /// Units begin at even distances at this rate in all; 0 means each as soon as the one before it is done. A
  /// unit that begins late, since no shopper was free, counts its time from when it was due.
  double units_per_second = 0;
  /// Called at the beginning and at the end of the measured time, by the caller's thread.
  std::function<void()> at_begin = [] {};
  std::function<void()> at_end = [] {};
};

struct LoadResult {
  double seconds = 0;  // that were measured: shorter than planned when the work ran out
  double rate = 0;     // units per second
  double busiest = 0;  // CPU of the generator's busiest thread, 1 = all of a core
  simulate::LatencyHistogram latency;
};

/// The time within which the share (0 to 1) of all stayed.
[[nodiscard]] inline double milliseconds(const simulate::LatencyHistogram& histogram, double share) {
  return static_cast<double>(histogram.quantile(share).count()) / 1e3;
}

/// Loads a server on this machine with one connection per shopper, closed loop: a shopper's next request is
/// sent when the answer to the one before has been checked. Throws the first failure: a wrong answer, a
/// closed connection, or 30 s in which nothing came.
[[nodiscard]] LoadResult run_load(const LoadPlan& plan, Crowd& crowd);

}  // namespace shopflow::bench
