#pragma once

#include "shopflow/carts/carts_api.hpp"

namespace shopflow::carts {

/// The cart as its shopper sees it. Pure.
[[nodiscard]] CartView view_of(const CartState& cart, const SkuMap& skus, Currency currency,
                               std::chrono::hours idle_max);

}  // namespace shopflow::carts
