#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "shopflow/core/ids.hpp"
#include "shopflow/events/types.hpp"

namespace shopflow::analytics {

/// What an order was made of. `merchandise` is the goods without tax and shipping, in minor units.
struct Basket {
  std::int64_t merchandise = 0;
  std::vector<events::SoldLine> lines;
};

[[nodiscard]] Basket basket_of(const events::OrderCreated& event);

/// The baskets of the orders that were created last: most are paid soon, and then the figures want the goods.
/// Belongs to one thread.
class Baskets {
 public:
  explicit Baskets(std::size_t orders_max = 20'000) : orders_max_{orders_max} {}

  /// An order that is known stays as it is, since what it was created with never changes.
  void keep(OrderId order, Basket basket);
  [[nodiscard]] std::shared_ptr<const Basket> find(OrderId order) const;

 private:
  std::size_t orders_max_;
  std::deque<OrderId> oldest_first_;
  std::unordered_map<OrderId, std::shared_ptr<const Basket>> baskets_;
};

}  // namespace shopflow::analytics
