#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shopflow/catalog/types.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::catalog {

void insert_products(db::Transaction& tx, std::span<const Product> products);
/// Throws SqlError (unique violation of skus_code) when a code is taken.
void insert_skus(db::Transaction& tx, std::span<const Sku> skus);
/// Those of the codes that a SKU has which is not deleted.
[[nodiscard]] std::vector<std::string> taken_codes(db::Transaction& tx, std::span<const Sku> skus);

enum class Lock : std::uint8_t { none, row };
/// The product with its SKUs unless it is deleted. Everything that changes a product or its SKUs locks the
/// product first.
[[nodiscard]] std::optional<Product> find_product(db::Transaction& tx, ProductId id, Lock lock);
/// The product that a SKU belongs to, also of deleted ones.
[[nodiscard]] std::optional<ProductId> product_of(db::Transaction& tx, SkuId id);
[[nodiscard]] bool product_exists(db::Transaction& tx, ProductId id);

/// These write a row that the caller has locked; its version is the row's new one.
void update_product(db::Transaction& tx, const Product& product);
void delete_product(db::Transaction& tx, ProductId id, Timestamp now);
void update_sku(db::Transaction& tx, const Sku& sku);
void delete_skus(db::Transaction& tx, const std::vector<SkuId>& skus, Timestamp now);

/// Where a page starts: after this product, which had this lowest price.
struct Place {
  ProductId id;
  std::int64_t price = 0;
};
[[nodiscard]] std::vector<ProductCard> list_cards(db::Transaction& tx, const ProductQuery& query,
                                                  const std::optional<Place>& after, std::int32_t count);
[[nodiscard]] std::vector<Product> list_products(db::Transaction& tx, const AdminProductQuery& query,
                                                 const std::optional<ProductId>& after, std::int32_t count);

}  // namespace shopflow::catalog
