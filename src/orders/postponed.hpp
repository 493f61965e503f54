#pragma once

#include <chrono>
#include <mutex>
#include <unordered_map>

#include "shopflow/core/ids.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::orders {

/// Orders that the clock can't do anything about for now, mostly because their provider does not answer: they
/// are left alone for a while, so that they don't stand in the way of the others. Forgotten when the process
/// ends. Thread-safe.
class Postponed {
 public:
  static constexpr std::chrono::seconds kPause{5};

  void add(const OrderId& order, Timestamp now) {
    const std::lock_guard lock{mutex_};
    until_.insert_or_assign(order, now + kPause);
  }
  [[nodiscard]] bool contains(const OrderId& order, Timestamp now) const {
    const std::lock_guard lock{mutex_};
    const auto found = until_.find(order);
    return found != until_.end() && !is_over(found->second, now);
  }
  /// Drops those whose time has come.
  void tidy(Timestamp now) {
    const std::lock_guard lock{mutex_};
    std::erase_if(until_, [now](const auto& entry) { return is_over(entry.second, now); });
  }

 private:
  /// Also if the clock has been set back meanwhile, or a step of a day would make a pause of a day.
  static bool is_over(Timestamp until, Timestamp now) { return until <= now || until - now > kPause; }

  mutable std::mutex mutex_;
  std::unordered_map<OrderId, Timestamp> until_;
};

}  // namespace shopflow::orders
