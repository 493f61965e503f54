#include "shopflow/inventory/stock_keeping.hpp"

#include "inventory/view_repository.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::inventory {

void StockKeeping::open(db::Transaction& tx, const std::vector<catalog::NewStock>& skus,
                        const catalog::Told& told) const {
  insert_stock(tx, skus);
  std::vector<SkuId> received;
  for (const auto& sku : skus) {
    if (sku.units > 0) received.push_back(sku.sku_id);
  }
  if (received.empty()) return;
  auto book = stock_.load(tx, received);
  for (const auto& sku : skus) {
    if (sku.units > 0) book.receive(sku.sku_id, sku.units, {"admin", {}, "first stock"});
  }
  std::vector<events::NewEvent> events;
  stock_.save(tx, book, told.now, told.traceparent, events);
  outbox_.append(tx, events);
}

void StockKeeping::set_sellable(db::Transaction& tx, const std::vector<SkuId>& skus, bool sellable) const {
  set_stock_sellable(tx, skus, sellable);
}

}  // namespace shopflow::inventory
