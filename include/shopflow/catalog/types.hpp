#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/json_names.hpp"
#include "shopflow/core/money.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::catalog {

/// Only active products are shown and sold.
enum class ProductStatus : std::uint8_t { draft, active, archived };

struct Sku {
  SkuId id;
  ProductId product_id;
  std::int64_t version = 1;
  std::string code;
  std::string name;  // what sets it apart from its product's other SKUs; may be empty
  Money price;
  std::int32_t weight_grams = 0;
  Timestamp created_at;
  Timestamp updated_at;
};

/// A product with its SKUs that are not deleted. Its version counts every change of it and of them.
struct Product {
  ProductId id;
  std::int64_t version = 1;
  std::string name;
  std::string description;
  std::string category;
  ProductStatus status = ProductStatus::draft;
  std::vector<Sku> skus;
  Timestamp created_at;
  Timestamp updated_at;
};

/// What shoppers see of a SKU, of a product, and of a product in a list.
struct ShownSku {
  SkuId id;
  std::string code;
  std::string name;
  Money price;
  std::int32_t weight_grams = 0;
};
struct ShownProduct {
  ProductId id;
  std::string name;
  std::string description;
  std::string category;
  std::vector<ShownSku> skus;
};
struct ProductCard {
  ProductId id;
  std::string name;
  std::string category;
  std::optional<Money> price_from;
};

struct NewSku {
  std::string code;
  std::string name;
  Money price;
  std::int32_t weight_grams = 0;
  std::int32_t initial_stock = 0;
  std::int32_t low_stock_at = 0;
};
struct NewProduct {
  std::string name;
  std::string description;
  std::string category;
  ProductStatus status = ProductStatus::active;
  std::vector<NewSku> skus;
};
struct ProductBatch {
  std::vector<NewProduct> products;
};
struct BatchedSku {
  SkuId id;
  std::string code;
};
struct BatchedProduct {
  ProductId id;
  std::vector<BatchedSku> skus;
};
struct ProductBatchResult {
  std::vector<BatchedProduct> products;
};

struct ProductPatch {
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::string> category;
  std::optional<ProductStatus> status;
};
struct SkuPatch {
  std::optional<std::string> code;
  std::optional<std::string> name;
  std::optional<Money> price;
  std::optional<std::int32_t> weight_grams;
};

enum class ProductSort : std::uint8_t { newest, name, price };
struct ProductQuery {
  std::optional<std::string> category;
  std::optional<std::int64_t> price_min;
  std::optional<std::int64_t> price_max;
  bool in_stock = false;
  ProductSort sort = ProductSort::newest;
  std::int32_t limit = 20;
  std::optional<std::string> cursor;
};
struct AdminProductQuery {
  std::optional<ProductStatus> status;
  std::optional<std::string> category;
  std::int32_t limit = 20;
  std::optional<std::string> cursor;
};

namespace errors {
inline constexpr ErrorCode product_not_found{"product_not_found", ErrorKind::not_found,
                                             "There is no such product."};
inline constexpr ErrorCode sku_not_found{"sku_not_found", ErrorKind::not_found, "There is no such SKU."};
inline constexpr ErrorCode sku_code_taken{"sku_code_taken", ErrorKind::conflict,
                                          "Another SKU has this code."};
inline constexpr ErrorCode wrong_currency{"wrong_currency", ErrorKind::unprocessable,
                                          "The shop sells in another currency."};
}  // namespace errors

}  // namespace shopflow::catalog

namespace shopflow::json {

template <>
struct Names<catalog::ProductStatus> {
  using enum catalog::ProductStatus;
  static constexpr std::array<std::pair<catalog::ProductStatus, std::string_view>, 3> values{
      {{draft, "draft"}, {active, "active"}, {archived, "archived"}}};
};
template <>
struct Names<catalog::ProductSort> {
  using enum catalog::ProductSort;
  static constexpr std::array<std::pair<catalog::ProductSort, std::string_view>, 3> values{
      {{newest, "newest"}, {name, "name"}, {price, "price"}}};
};

}  // namespace shopflow::json
