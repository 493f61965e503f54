#include "catalog/repository.hpp"
#include "catalog/rows.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::catalog {
namespace {

// The three orders of the shoppers' list: the products that match, with the lowest price among their SKUs
// that match. $1 category, $2 and $3 price from and to, $4 in stock, $5 after this product, $6 how many. The
// first two read products in the order of an index and look only at the SKUs of those that they pass;
// counting is what keeps the planner from reading all stock before the first product.
const db::Statement kNewest{"catalog.list_newest", R"(
SELECT p.id, p.name, p.category, s.price, s.currency
FROM products AS p,
     LATERAL (SELECT min(k.price) AS price, min(k.currency) AS currency FROM skus AS k
              WHERE k.product_id = p.id AND k.deleted_at IS NULL AND ($2::int8 IS NULL OR k.price >= $2)
                    AND ($3::int8 IS NULL OR k.price <= $3)) AS s
WHERE p.status = 'active' AND p.deleted_at IS NULL AND ($1::text IS NULL OR p.category = $1)
      AND (($2 IS NULL AND $3 IS NULL) OR s.price IS NOT NULL)
      AND (NOT $4::bool OR 0 < (
        SELECT count(1) FROM skus AS k JOIN stock AS t ON t.sku_id = k.id
        WHERE k.product_id = p.id AND k.deleted_at IS NULL AND t.sellable AND t.on_hand > t.held + t.sold))
      AND ($5::uuid IS NULL OR p.id < $5)
ORDER BY p.id DESC LIMIT $6
)"};

const db::Statement kByName{"catalog.list_by_name", R"(
SELECT p.id, p.name, p.category, s.price, s.currency
FROM products AS p,
     LATERAL (SELECT min(k.price) AS price, min(k.currency) AS currency FROM skus AS k
              WHERE k.product_id = p.id AND k.deleted_at IS NULL AND ($2::int8 IS NULL OR k.price >= $2)
                    AND ($3::int8 IS NULL OR k.price <= $3)) AS s
WHERE p.status = 'active' AND p.deleted_at IS NULL AND ($1::text IS NULL OR p.category = $1)
      AND (($2 IS NULL AND $3 IS NULL) OR s.price IS NOT NULL)
      AND (NOT $4::bool OR 0 < (
        SELECT count(1) FROM skus AS k JOIN stock AS t ON t.sku_id = k.id
        WHERE k.product_id = p.id AND k.deleted_at IS NULL AND t.sellable AND t.on_hand > t.held + t.sold))
      AND ($5::uuid IS NULL OR (p.name, p.id) > (SELECT last.name, last.id FROM products AS last WHERE last.id = $5))
ORDER BY p.name, p.id LIMIT $6
)"};

// No index has the order of lowest prices, so all SKUs are read once; the page is cached. Products without a
// price come last; 2^63 - 1 stands for their price.
const db::Statement kByPrice{"catalog.list_by_price", R"(
SELECT p.id, p.name, p.category, s.price, s.currency
FROM products AS p
     LEFT JOIN (SELECT k.product_id, min(k.price) AS price, min(k.currency) AS currency FROM skus AS k
                WHERE k.deleted_at IS NULL AND ($2::int8 IS NULL OR k.price >= $2)
                      AND ($3::int8 IS NULL OR k.price <= $3)
                GROUP BY k.product_id) AS s ON s.product_id = p.id
WHERE p.status = 'active' AND p.deleted_at IS NULL AND ($1::text IS NULL OR p.category = $1)
      AND (($2 IS NULL AND $3 IS NULL) OR s.price IS NOT NULL)
      AND (NOT $4::bool OR p.id IN (
        SELECT k.product_id FROM skus AS k JOIN stock AS t ON t.sku_id = k.id
        WHERE k.deleted_at IS NULL AND t.sellable AND t.on_hand > t.held + t.sold))
      AND ($5::uuid IS NULL OR (coalesce(s.price, 9223372036854775807), p.id) > ($7::int8, $5))
ORDER BY coalesce(s.price, 9223372036854775807), p.id LIMIT $6
)"};

const db::Statement kAdminList{"catalog.list_admin", R"(
SELECT id, version, name, description, category, status, created_at, updated_at
FROM products
WHERE deleted_at IS NULL AND ($1::text IS NULL OR status = $1::product_status)
      AND ($2::text IS NULL OR category = $2) AND ($3::uuid IS NULL OR id < $3)
ORDER BY id DESC LIMIT $4
)"};

db::Rows run(db::Transaction& tx, const ProductQuery& query, const std::optional<Place>& after,
             std::int32_t count) {
  const auto id = after ? std::optional{after->id} : std::nullopt;
  switch (query.sort) {
    case ProductSort::name:
      return tx.exec(kByName, query.category, query.price_min, query.price_max, query.in_stock, id, count);
    case ProductSort::price:
      return tx.exec(kByPrice, query.category, query.price_min, query.price_max, query.in_stock, id, count,
                     after ? after->price : 0);
    case ProductSort::newest:
      break;
  }
  return tx.exec(kNewest, query.category, query.price_min, query.price_max, query.in_stock, id, count);
}

}  // namespace

std::vector<ProductCard> list_cards(db::Transaction& tx, const ProductQuery& query,
                                    const std::optional<Place>& after, std::int32_t count) {
  const auto rows = run(tx, query, after, count);
  std::vector<ProductCard> cards;
  cards.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto& card = cards.emplace_back();
    card.id = row.next<ProductId>();
    card.name = row.next<std::string>();
    card.category = row.next<std::string>();
    const auto price = row.next<std::optional<std::int64_t>>();
    const auto currency = row.next<std::optional<Currency>>();
    if (price && currency) card.price_from = Money{*price, *currency};
  }
  return cards;
}

std::vector<Product> list_products(db::Transaction& tx, const AdminProductQuery& query,
                                   const std::optional<ProductId>& after, std::int32_t count) {
  std::optional<std::string> status;
  if (query.status) status = std::string{json::name_of(*query.status)};
  const auto rows = tx.exec(kAdminList, status, query.category, after, count);
  std::vector<Product> products;
  products.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) products.push_back(read_product(rows[i]));
  add_skus(tx, products);
  return products;
}

}  // namespace shopflow::catalog
