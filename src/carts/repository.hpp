#pragma once

#include <optional>
#include <span>
#include <vector>

#include "shopflow/carts/types.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::carts {

/// Writes carts that are new; their version becomes 1.
void insert_carts(db::Transaction& tx, std::span<CartState> carts, Timestamp now);

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
