#pragma once

#include <cstdint>
#include <vector>

#include "shopflow/core/difference.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::app {

/// Every held unit has an owner: a line of a cart, an order's allocation, or an order whose allocation the
/// inventory handler has yet to make.
[[nodiscard]] std::vector<Difference> audit_owners(db::Transaction& tx);

/// The log has no gaps, no aggregate's sequence has one or ends too early, and each handler has its place.
[[nodiscard]] std::vector<Difference> audit_log(db::Transaction& tx);

/// All units of the shop, for /metrics: every one is on hand, and of those some are held or sold.
struct StockTotals {
  std::int64_t on_hand = 0;
  std::int64_t held = 0;
  std::int64_t sold = 0;
  std::int64_t violations = 0;  // rows whose counters can't be; the database refuses such rows
};
[[nodiscard]] StockTotals read_stock_totals(db::Transaction& tx);

/// From here on the transaction sees one snapshot, and reads whole tables rather than rows by their keys.
void take_snapshot(db::Transaction& tx);

}  // namespace shopflow::app
