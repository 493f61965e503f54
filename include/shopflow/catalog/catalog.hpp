#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "shopflow/core/ids.hpp"
#include "shopflow/core/money.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::catalog {

/// What carts and orders need to know of a SKU.
struct SkuInfo {
  SkuId id;
  ProductId product_id;
  std::string code;
  std::string name;  // the product's name, and the SKU's own where it has one
  Money price;       // of one unit
  std::int32_t weight_grams = 0;
  bool live = false;  // neither it nor its product is deleted, and the product is active
};

/// By their ids; never nullptr.
using SkuHandles = std::unordered_map<SkuId, std::shared_ptr<const SkuInfo>>;

/// The SKUs that exist among `ids`, deleted ones included; one statement.
[[nodiscard]] SkuHandles find_skus(db::Transaction& tx, const std::vector<SkuId>& ids);

}  // namespace shopflow::catalog
