#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include "fault/stand.hpp"

namespace shopflow::fault {

/// Shoppers who buy, pay, change their minds and cancel, and staff who fills shelves, packs, ships and gives
/// money back; each is a thread with a connection. All of them write down in the stand's book what they hear.
class Crowd {
 public:
  Crowd(Stand& stand, Dice& dice, int shoppers, int staff = 2);
  /// As `finish`.
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// Nobody begins anything new; returns when everybody has heard of what they had asked for.
  void finish();
  /// Journeys and tasks that were brought to their end so far.
  [[nodiscard]] int done() const { return done_; }

 private:
  void shop(std::uint64_t seed, std::size_t number);
  void work(std::uint64_t seed, std::size_t number);

  Stand& stand_;
  std::atomic<bool> closing_{false};
  std::atomic<int> done_{0};
  std::vector<std::jthread> threads_;
};

}  // namespace shopflow::fault
