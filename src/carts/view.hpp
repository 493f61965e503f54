#pragma once

#include <functional>
#include <memory>

#include "shopflow/carts/carts_api.hpp"

namespace shopflow::carts {

/// What the catalogue says of a SKU; nullptr of one that it does not know.
using FindSku = std::function<std::shared_ptr<const catalog::SkuInfo>(const SkuId&)>;

/// The cart as its shopper sees it; asks once for each line. Pure.
[[nodiscard]] CartView view_of(const CartState& cart, const FindSku& find, Currency currency,
                               std::chrono::hours idle_max);
/// The same over what was found before.
[[nodiscard]] CartView view_of(const CartState& cart, const catalog::SkuHandles& skus, Currency currency,
                               std::chrono::hours idle_max);

}  // namespace shopflow::carts
