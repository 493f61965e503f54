#pragma once

#include <cstdint>
#include <vector>

#include "shopflow/core/difference.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::carts {

struct HeldUnits {
  SkuId sku_id;
  std::int64_t units = 0;
};

struct CartsAudit {
  std::vector<HeldUnits> held;       // by lines of carts that are not checked out, by SKU
  std::vector<Difference> problems;  // at most 100
};

/// Reads every cart: lines that do not match, lines held in part, holds that nothing would ever free, stages
/// and orders that do not go together. Run it in a transaction with a snapshot when `held` is to be compared
/// with other tables.
[[nodiscard]] CartsAudit audit_carts(db::Transaction& tx, Timestamp now);

}  // namespace shopflow::carts
