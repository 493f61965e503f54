#pragma once

#include <optional>
#include <span>
#include <vector>

#include "shopflow/carts/types.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::carts {

/// Writes empty carts of the version 1, in id order; those that are there already stay as they are. Nothing
/// that is put into them may lapse before `next_deadline`.
void insert_carts(db::Transaction& tx, std::vector<CartId> ids, Timestamp now, Timestamp next_deadline);

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
