#pragma once

#include <vector>

#include "orders/desk.hpp"
#include "shopflow/cache/l1_cache.hpp"
#include "shopflow/carts/memory.hpp"
#include "shopflow/catalog/sku_memory.hpp"
#include "shopflow/db/quick_pause.hpp"

namespace shopflow::orders {

/// Orders that wait for their money, as this process last committed them; with the carts and SKUs that it
/// remembers, what a batch may be decided over without asking the database first. Others may have changed
/// them since, so whatever is decided here has to be written under guard. Bounded: 4,096 orders of up to 32
/// lines. Thread-safe.
class OrderMemory {
 public:
  explicit OrderMemory(carts::CartMemory& cart_memory) : carts{cart_memory} {}

  struct Known {
    Order order;
    std::vector<Payment> payments;
  };
  using Handle = cache::L1Cache<OrderId, Known>::Handle;
  [[nodiscard]] Handle find(const OrderId& id) const;

  void forget(const OrderId& id) { orders_.erase(id); }
  /// After the commit of what is on the desk.
  void remember(Desk& desk);

  carts::CartMemory& carts;
  catalog::SkuMemory skus;
  db::QuickPause pause;

 private:
  static constexpr std::size_t kOrdersMax = 4'096;
  static constexpr std::size_t kLinesMax = 32;

  mutable cache::L1Cache<OrderId, Known> orders_{kOrdersMax};
};

}  // namespace shopflow::orders
