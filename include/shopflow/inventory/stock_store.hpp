#pragma once

#include <functional>
#include <string>
#include <vector>

#include "shopflow/core/time.hpp"
#include "shopflow/events/envelope.hpp"
#include "shopflow/inventory/sku_products.hpp"
#include "shopflow/inventory/stock_book.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::inventory {

/// Reads and writes stock within somebody's transaction (a lane's batch, a handler's effect). Thread-safe.
class StockStore {
 public:
  /// `changed` is told of the SKUs after each commit that moved units and before anyone is answered, so that
  /// cached stock is dropped in time; called on database threads, may not throw.
  explicit StockStore(std::function<void(const std::vector<SkuId>&)> changed)
      : changed_{std::move(changed)} {}

  /// Locks the rows (FOR NO KEY UPDATE) in SKU order, which is what keeps two transactions from a deadlock;
  /// repeated and unknown SKUs in the list are fine. Lock carts and orders before stock, never after.
  [[nodiscard]] StockBook load(db::Transaction& tx, std::vector<SkuId> skus) const;

  /// Writes the changed counters and the ledger, and appends to `events` what has to be told (StockChanged
  /// when units came, left, sold out or came back; LowStock when the level was crossed). The caller appends
  /// `events` last.
  void save(db::Transaction& tx, const StockBook& book, Timestamp now, const std::string& traceparent,
            std::vector<events::NewEvent>& events) const;

  /// After the commit of `tx`, tells of these SKUs as `save` does. For whoever learns late that they have
  /// moved: a process that ends between a commit and what follows it has told nobody.
  void tell_changed(db::Transaction& tx, std::vector<SkuId> skus) const;

  /// The products of the SKUs that were ever saved here; known by the time that `changed` hears of a SKU.
  [[nodiscard]] const SkuProducts& products() const { return products_; }

  /// Asks for the products of those SKUs that are not known yet, in one statement if there are any.
  void learn_products(db::Transaction& tx, const std::vector<SkuId>& skus) const;

 private:
  std::function<void(const std::vector<SkuId>&)> changed_;
  mutable SkuProducts products_;
};

}  // namespace shopflow::inventory
