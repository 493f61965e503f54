#pragma once

#include <vector>

#include "shopflow/core/difference.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::app {

/// An order's units and its pick list are where its state says, and its payment, its parcels and what came
/// back have moved the units. Orders of which the inventory or the warehouse has still to be told something,
/// in passing or parked, are left out; what was given up is not. At most 100 of each kind.
[[nodiscard]] std::vector<Difference> audit_following(db::Transaction& tx);

}  // namespace shopflow::app
