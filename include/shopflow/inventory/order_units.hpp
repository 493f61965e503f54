#pragma once

#include <unordered_set>
#include <vector>

#include "shopflow/core/ids.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::inventory {

/// Those of the orders whose units have gone back to the shelf. The units of the others are still counted as
/// held or sold, also while the event that frees them waits for the inventory's handler. Whoever wants to
/// compare it with the counters locks the SKUs before; takes no lock itself.
[[nodiscard]] std::unordered_set<OrderId> find_freed_orders(db::Transaction& tx,
                                                            const std::vector<OrderId>& orders);

}  // namespace shopflow::inventory
