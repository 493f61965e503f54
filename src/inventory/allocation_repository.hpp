#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "inventory/allocation.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::inventory {

/// The allocations of those of the orders that have one. For the handler alone.
[[nodiscard]] std::vector<Allocation> load_allocations(db::Transaction& tx,
                                                       const std::vector<OrderId>& orders);

struct Paid {
  OrderId order_id;
  PaymentId payment_id;
};

/// Writes those of the orders that are held as sold by their payments, and gives these as they are now; the
/// others stay as they are. Each order once.
[[nodiscard]] std::vector<Allocation> sell_held(db::Transaction& tx, const std::vector<Paid>& paid,
                                                Timestamp now);

/// Writes what is new and what has changed; two statements at most.
void save_allocations(db::Transaction& tx, const Allocations& allocations, Timestamp now);

/// Writes the ledger's lines of sales, which come SKU by SKU.
void enter_sales(db::Transaction& tx, const std::vector<Sale>& sales, Timestamp now);

/// Units by SKU.
using SoldUnits = std::map<SkuId, std::int32_t>;

/// Moves the stock of sales that are in the ledger, locking it in the order of the SKUs. Nobody has to be
/// told: what can be sold stays as it is. Throws std::logic_error for a SKU without stock, and SqlError
/// (stock_counters) if not so many units are held.
void sell(db::Transaction& tx, const SoldUnits& sold);

}  // namespace shopflow::inventory
