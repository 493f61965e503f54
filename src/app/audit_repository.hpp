#pragma once

#include <vector>

#include "shopflow/core/difference.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::app {

/// Every held unit has an owner: a line of a cart, an order's allocation, or an order whose allocation the
/// inventory handler has yet to make.
[[nodiscard]] std::vector<Difference> audit_owners(db::Transaction& tx);

/// The log has no gaps, and no aggregate's sequence has one.
[[nodiscard]] std::vector<Difference> audit_log(db::Transaction& tx);

/// From here on the transaction sees one snapshot.
void take_snapshot(db::Transaction& tx);

}  // namespace shopflow::app
