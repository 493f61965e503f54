#pragma once

#include <optional>
#include <vector>

#include "orders/memory.hpp"
#include "orders/work.hpp"

namespace shopflow::orders {

/// The commands of a batch that could be decided over what is remembered, and the desk as they leave it.
/// Nothing of it is true before it is written under guard.
struct QuickOrders {
  std::vector<std::optional<Decided>> decisions;  // one for each command; empty: left to the rest
  Desk desk;                                      // carts and orders with the versions that were remembered
  std::int64_t catalog_revision = 0;              // at which new orders were priced
};

/// Whose SKUs have to be known: checkouts of remembered carts whose lines are all held.
[[nodiscard]] std::vector<SkuId> skus_to_price(OrderBatch batch, const OrderMemory& memory);

/// Decides checkouts and paid invoices that succeed plainly. Left out are all other commands, those on carts
/// or orders that this process does not remember, every refusal (which must not be given on hearsay), what
/// has to take units or give money back, and whatever else the batch says of the same cart or order. Pure.
[[nodiscard]] QuickOrders decide_quickly(OrderBatch batch, const OrderMemory& memory,
                                         const catalog::SkuMemory::Known& skus, const Terms& terms);

}  // namespace shopflow::orders
