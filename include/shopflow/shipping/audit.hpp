#pragma once

#include <vector>

#include "shopflow/core/difference.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::shipping {

/// Orders of which not as many parcels have left as OrderShipped tells of, at most 100. `tx` must be a
/// repeatable-read transaction for a server that is at work.
[[nodiscard]] std::vector<Difference> audit_parcels(db::Transaction& tx);

}  // namespace shopflow::shipping
