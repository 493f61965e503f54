#include "shopflow/catalog/catalog.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::catalog {
namespace {

const db::Statement kFindSkus{"catalog.find_skus", R"(
SELECT s.id, s.product_id, s.code, CASE WHEN s.name = '' THEN p.name ELSE p.name || ', ' || s.name END, s.price,
       s.currency, s.weight_grams, s.deleted_at IS NULL AND p.deleted_at IS NULL AND p.status = 'active'
FROM skus AS s JOIN products AS p ON p.id = s.product_id
WHERE s.id = ANY ($1::uuid[])
)"};

}  // namespace

SkuHandles find_skus(db::Transaction& tx, const std::vector<SkuId>& ids) {
  SkuHandles skus;
  if (ids.empty()) return skus;
  const auto rows = tx.exec(kFindSkus, db::UuidArray{ids});
  skus.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    SkuInfo sku{.id = row.next<SkuId>()};
    sku.product_id = row.next<ProductId>();
    sku.code = row.next<std::string>();
    sku.name = row.next<std::string>();
    sku.price.amount = row.next<std::int64_t>();
    sku.price.currency = row.next<Currency>();
    sku.weight_grams = row.next<std::int32_t>();
    sku.live = row.next<bool>();
    const auto id = sku.id;
    skus.emplace(id, std::make_shared<const SkuInfo>(std::move(sku)));
  }
  return skus;
}

}  // namespace shopflow::catalog
