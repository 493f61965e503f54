#pragma once

#include <optional>
#include <span>
#include <vector>

#include "shopflow/carts/types.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/inventory/stock_book.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::carts {

/// Writes carts that are new; their version becomes 1.
void insert_carts(db::Transaction& tx, std::span<CartState> carts, Timestamp now);

/// Writes new carts, changed ones (in id order), the units that they hold or free, the ledger and the kept
/// answers in one statement, which may be a transaction of its own. It fails with SqlError SF001 and changes
/// nothing if a cart is not of its version any more, units are not there or not for sale, or an event would
/// have to tell of the new counters.
void write_quickly(db::Transaction& tx, std::span<const CartState> made, std::span<const CartState> changed,
                   const inventory::StockBook& book, const std::vector<db::Receipt>& receipts, Timestamp now);

/// By which a state of a cart is known.
struct CartMark {
  CartId id;
  std::int32_t version = 0;
  Timestamp updated_at;
};

/// The marks of those that are there, in any order. Takes no lock.
[[nodiscard]] std::vector<CartMark> read_marks(db::Transaction& tx, std::span<const CartId> ids);

/// A cart of the stage `cart` with something that may have lapsed.
struct DueCart {
  CartId id;
  Timestamp next_deadline;
};

/// The due carts behind `after` (default: from the start) by deadline and id, at most `count_max`. Takes no
/// lock.
[[nodiscard]] std::vector<DueCart> find_due_carts(db::Transaction& tx, Timestamp now, const DueCart& after,
                                                  std::int32_t count_max);

}  // namespace shopflow::carts
