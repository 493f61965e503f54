#pragma once

#include <vector>

#include "shopflow/core/difference.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::inventory {

/// Computes every stock counter anew from the ledger and from the orders' allocations, and gives what
/// differs; empty when the books are right. Reads the whole ledger. `tx` must be a repeatable-read
/// transaction for a server that is at work; on one that is quiet any will do. Compared: on_hand, held and
/// sold with the ledger's sums; sold with the units of sold allocations that have not left; held with at
/// least the units of held allocations (the carts hold the rest); nothing negative.
[[nodiscard]] std::vector<Difference> audit_stock(db::Transaction& tx);

}  // namespace shopflow::inventory
