#pragma once

#include <span>
#include <vector>

#include "shopflow/carts/types.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/inventory/stock_book.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::carts {

/// Writes the carts (in id order; those of the version 0 are new), the units that they hold or free, the
/// ledger and the kept answers in one statement, which may be a transaction of its own. It fails with
/// SqlError SF001 and changes nothing if a cart is not of its version any more, units are not there or not
/// for sale, or an event would have to tell of the new counters.
void write_quickly(db::Transaction& tx, std::span<const CartState> carts, const inventory::StockBook& book,
                   const std::vector<db::Receipt>& receipts, Timestamp now);

}  // namespace shopflow::carts
