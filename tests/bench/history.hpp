#pragma once

#include <chrono>
#include <cstddef>

#include "bench/stand.hpp"

namespace shopflow::bench {

/// Makes a past that would take hours to play: some journeys are played through the API, and their rows
/// (orders, carts, payments, ledger, events) are copied under new identifiers, set by set, with the stock's
/// counters moved along, so that the audit stays clean. The copies' events are new to the handlers, whose own
/// rows come of them when the server is there again.
class History {
 public:
  /// Plays the journeys that are copied later. Call once for a stand.
  explicit History(Stand& stand);

  /// Copies that make at least so many orders, two events each. The server must be stopped. The orders lie
  /// evenly over the time up to now, each paid before the next is created; with no time, they all come now,
  /// as when many shoppers are at it at once. Their identifiers carry their time, and the tables are
  /// partitioned as if the shop had been there since. Gives how many events there are more.
  std::size_t add_orders(std::size_t count, std::chrono::hours span = {});

 private:
  Stand& stand_;
};

}  // namespace shopflow::bench
