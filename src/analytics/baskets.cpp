#include "shopflow/analytics/baskets.hpp"

#include <utility>

namespace shopflow::analytics {

Basket basket_of(const events::OrderCreated& event) {
  return {event.total.amount - event.shipping - event.tax, event.lines};
}

void Baskets::keep(OrderId order, Basket basket) {
  if (baskets_.contains(order)) return;
  if (oldest_first_.size() == orders_max_) {
    baskets_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  baskets_.emplace(order, std::make_shared<const Basket>(std::move(basket)));
  oldest_first_.push_back(order);
}

std::shared_ptr<const Basket> Baskets::find(OrderId order) const {
  const auto found = baskets_.find(order);
  return found == baskets_.end() ? nullptr : found->second;
}

}  // namespace shopflow::analytics
