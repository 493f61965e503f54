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

/// Carts of the stage `cart` with something that may have lapsed, oldest deadline first, at most `count_max`.
[[nodiscard]] std::vector<CartId> find_due_carts(db::Transaction& tx, Timestamp now, std::int32_t count_max);

/// The smallest deadline of any cart of the stage `cart`.
[[nodiscard]] std::optional<Timestamp> next_cart_deadline(db::Transaction& tx);

}  // namespace shopflow::carts
