#pragma once

#include <optional>
#include <string>

#include "catalog/repository.hpp"
#include "shopflow/catalog/types.hpp"
#include "shopflow/core/json.hpp"

namespace shopflow::catalog {

/// Where the cursor of a list points; invalid_cursor if it is none. Lists by price have the price in it.
[[nodiscard]] Result<std::optional<Place>> read_cursor(const ProductQuery& query);

/// A query as text, the same for equal queries.
[[nodiscard]] std::string name_of_query(const ProductQuery& query);

/// One page; the cursor must have been read before.
[[nodiscard]] json::List<ProductCard> list_page(db::Transaction& tx, const ProductQuery& query);

}  // namespace shopflow::catalog
