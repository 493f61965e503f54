#pragma once

#include <vector>

#include "inventory/allocation.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::inventory {

/// The allocations of those of the orders that have one. For the handler alone.
[[nodiscard]] std::vector<Allocation> load_allocations(db::Transaction& tx,
                                                       const std::vector<OrderId>& orders);

/// Writes what is new and what has changed; two statements at most.
void save_allocations(db::Transaction& tx, const Allocations& allocations, Timestamp now);

}  // namespace shopflow::inventory
