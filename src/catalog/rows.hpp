#pragma once

#include <span>

#include "shopflow/catalog/types.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::catalog {

/// What read_product reads, of `products`.
#define SHOPFLOW_PRODUCT_COLUMNS "id, version, name, description, category, status, created_at, updated_at "

/// Reads a product without its SKUs.
[[nodiscard]] Product read_product(db::Row row);

/// Gives the products their SKUs; one statement.
void add_skus(db::Transaction& tx, std::span<Product> products);

}  // namespace shopflow::catalog
