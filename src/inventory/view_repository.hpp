#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "shopflow/catalog/service.hpp"
#include "shopflow/inventory/types.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::inventory {

[[nodiscard]] std::optional<StockView> find_stock(db::Transaction& tx, SkuId sku);

/// Lines older than `before` (the id of a line), newest first.
[[nodiscard]] std::vector<LedgerLine> list_ledger(db::Transaction& tx, SkuId sku,
                                                  const std::optional<Uuid>& before, std::int32_t count);

/// False if there is no such SKU.
[[nodiscard]] bool set_low_stock_at(db::Transaction& tx, SkuId sku, std::int32_t units);

void insert_stock(db::Transaction& tx, const std::vector<catalog::NewStock>& skus);

/// Locks the rows in SKU order, as everybody does who locks several.
void set_stock_sellable(db::Transaction& tx, const std::vector<SkuId>& skus, bool sellable);

/// The stock of an active product, nullopt otherwise.
[[nodiscard]] std::optional<ProductStock> find_product_stock(db::Transaction& tx, ProductId product);

/// The same of the next products in the order of their ids, active or not, with nullopt for those that are
/// not.
[[nodiscard]] std::vector<std::pair<ProductId, std::optional<ProductStock>>> list_product_stock(
    db::Transaction& tx, ProductId after, std::int32_t count);

}  // namespace shopflow::inventory
