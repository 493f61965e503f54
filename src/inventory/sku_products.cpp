#include "shopflow/inventory/sku_products.hpp"

#include "shopflow/core/distinct.hpp"

namespace shopflow::inventory {

std::vector<SkuId> SkuProducts::unknown(std::span<const SkuId> skus) const {
  const std::shared_lock lock{mutex_};
  std::vector<SkuId> missing;
  for (const auto& sku : skus) {
    if (!products_.contains(sku)) missing.push_back(sku);
  }
  return missing;
}

void SkuProducts::learn(std::span<const std::pair<SkuId, ProductId>> pairs) {
  const std::unique_lock lock{mutex_};
  products_.insert(pairs.begin(), pairs.end());
}

std::vector<ProductId> SkuProducts::of(std::span<const SkuId> skus) const {
  std::vector<ProductId> products;
  products.reserve(skus.size());
  {
    const std::shared_lock lock{mutex_};
    for (const auto& sku : skus) {
      if (const auto found = products_.find(sku); found != products_.end()) products.push_back(found->second);
    }
  }
  keep_distinct(products);
  return products;
}

}  // namespace shopflow::inventory
