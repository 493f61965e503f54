#pragma once

#include <vector>

#include "shopflow/catalog/types.hpp"

namespace shopflow::app {

/// The products of the demo shop, with prices in the given currency.
[[nodiscard]] std::vector<catalog::NewProduct> demo_products(Currency currency);

}  // namespace shopflow::app
