#pragma once

#include <string>
#include <vector>

#include "shopflow/catalog/service.hpp"
#include "shopflow/events/outbox.hpp"
#include "shopflow/inventory/stock_store.hpp"

namespace shopflow::inventory {

/// What the catalogue's changes mean for stock; called in their transactions (catalog::CatalogHooks).
class StockKeeping {
 public:
  StockKeeping(const StockStore& stock, const events::Outbox& outbox) : stock_{stock}, outbox_{outbox} {}

  /// Makes the rows and receives the first units; appends events, so it comes last in the transaction.
  void open(db::Transaction& tx, const std::vector<catalog::NewStock>& skus, const catalog::Told& told) const;

  /// Whether units may be put into carts from now on; units that are held stay held.
  void set_sellable(db::Transaction& tx, const std::vector<SkuId>& skus, bool sellable) const;

 private:
  const StockStore& stock_;
  const events::Outbox& outbox_;
};

}  // namespace shopflow::inventory
