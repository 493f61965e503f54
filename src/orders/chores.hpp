#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>

#include "shopflow/core/ids.hpp"

namespace shopflow::orders {

/// Something that the clock has to do about an order.
struct Chore {
  OrderId order_id;
  bool lapsing = true;  // its hold ends; else it is cancelled
  CartId cart_id;       // which holds its units
};

/// What the clock has to do about orders, in a queue for each provider that has to be asked first: one that
/// is slow keeps its own orders waiting and nobody else's. Forgotten when the process ends. Thread-safe.
class Chores {
 public:
  static constexpr std::size_t kWorkersMax = 256;     // at once for one provider
  static constexpr std::size_t kWaitingMax = 65'536;  // for one provider; what is beyond is found again later

  /// Whether it waits here, or a worker is at it.
  [[nodiscard]] bool contains(const OrderId& order) const {
    const std::lock_guard lock{mutex_};
    return orders_.contains(order);
  }

  /// Queues it, unless it is here or too many wait. Gives whether a worker is to be started, which counts
  /// from now on; else those who are at work come to it.
  [[nodiscard]] bool add(const std::string& provider, const Chore& chore) {
    const std::lock_guard lock{mutex_};
    auto& queue = queues_[provider];
    if (queue.waiting.size() >= kWaitingMax || !orders_.insert(chore.order_id).second) return false;
    queue.waiting.push_back(chore);
    if (queue.workers == kWorkersMax) return false;
    ++queue.workers;
    return true;
  }

  /// A worker's next chore; it is no worker any more when there is none.
  [[nodiscard]] std::optional<Chore> next(const std::string& provider) {
    const std::lock_guard lock{mutex_};
    auto& queue = queues_[provider];
    if (queue.waiting.empty()) {
      --queue.workers;
      return std::nullopt;
    }
    const auto chore = queue.waiting.front();
    queue.waiting.pop_front();
    return chore;
  }

  /// It has been worked on, for better or worse.
  void finish(const OrderId& order) {
    const std::lock_guard lock{mutex_};
    orders_.erase(order);
  }

 private:
  struct Queue {
    std::deque<Chore> waiting;
    std::size_t workers = 0;
  };

  mutable std::mutex mutex_;
  std::map<std::string, Queue> queues_;  // by provider, and of orders for which none is to be asked
  std::unordered_set<OrderId> orders_;
};

}  // namespace shopflow::orders
