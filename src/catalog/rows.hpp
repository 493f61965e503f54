#pragma once

#include <span>

#include "shopflow/catalog/types.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::catalog {

/// Reads a row of id, version, name, description, category, status, created_at, updated_at.
[[nodiscard]] Product read_product(db::Row row);

/// Gives the products their SKUs; one statement.
void add_skus(db::Transaction& tx, std::span<Product> products);

}  // namespace shopflow::catalog
