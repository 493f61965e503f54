#pragma once

#include <mutex>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "shopflow/core/ids.hpp"

namespace shopflow::inventory {

/// Which product a SKU belongs to, remembered for as long as the process lives: it never changes, and cached
/// stock is dropped by product on a thread that may not ask the database. About 64 bytes a SKU. Thread-safe.
class SkuProducts {
 public:
  /// Those among the SKUs that still have to be looked up.
  [[nodiscard]] std::vector<SkuId> unknown(std::span<const SkuId> skus) const;
  void learn(std::span<const std::pair<SkuId, ProductId>> pairs);

  /// The products of the known ones among the SKUs, each once.
  [[nodiscard]] std::vector<ProductId> of(std::span<const SkuId> skus) const;

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<SkuId, ProductId> products_;
};

}  // namespace shopflow::inventory
