#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "shopflow/core/ids.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::carts {

/// A step of the walk through old carts, oldest first.
struct OldCarts {
  std::size_t deleted = 0;
  std::optional<CartId> last;  // behind which the next step begins; none at the end of the walk
};

/// Looks at the `count_max` carts behind `after` (default: from the start) that were made before `before`,
/// and deletes those that nobody has touched since and nothing needs: whose holds have lapsed, or whose order
/// has been paid or cancelled. An order that may still be paid keeps its cart. Leaves those alone that
/// somebody has locked. Not for a `before` at which a cart may still be used, or it would be there again,
/// empty (see unwritten_cart).
[[nodiscard]] OldCarts delete_old_carts(db::Transaction& tx, Timestamp before, CartId after,
                                        std::int32_t count_max);

}  // namespace shopflow::carts
