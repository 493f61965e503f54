#include "orders/memory.hpp"

#include <chrono>
#include <memory>

namespace shopflow::orders {
namespace {

// What is remembered does not age: it is right until it is overwritten, or the guard finds that it is not.
constexpr std::chrono::steady_clock::time_point kAlways{};
constexpr std::chrono::milliseconds kAnyAge = std::chrono::hours{1};

}  // namespace

OrderMemory::Handle OrderMemory::find(const OrderId& id) const { return orders_.find(id, kAlways, kAnyAge); }

void OrderMemory::remember(Desk& desk) {
  for (auto& [id, entry] : desk.orders) {
    if (entry.value.state != OrderState::pending_payment || entry.value.lines.size() > kLinesMax) {
      orders_.erase(id);
      continue;
    }
    Known known{std::move(entry.value), {}};
    for (auto& payment : desk.payments[id]) known.payments.push_back(std::move(payment.value));
    orders_.store(id, std::make_shared<const Known>(std::move(known)), kAlways);
  }
  for (auto& cart : desk.carts) carts.keep(std::move(cart));
}

}  // namespace shopflow::orders
