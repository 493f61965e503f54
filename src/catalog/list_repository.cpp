#include "catalog/repository.hpp"
#include "catalog/rows.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::catalog {
namespace {

// The orders of the shoppers' list: the products that match, with the lowest price among their SKUs that
// match. $1 category (or null, where there is none), $2 and $3 price from and to, $4 in stock, $5 after this
// product, $6 how many. These read products in the order of an index, of a category those alone that are in
// it, and look only at the SKUs of those that they pass; counting is what keeps the planner from reading all
// stock before the first product.
#define SHOPFLOW_LIST_OF(condition, order)                                                               \
  "SELECT p.id, p.name, p.category, s.price, s.currency "                                                \
  "FROM products AS p,"                                                                                  \
  " LATERAL (SELECT min(k.price) AS price, min(k.currency) AS currency FROM skus AS k"                   \
  " WHERE k.product_id = p.id AND k.deleted_at IS NULL AND ($2::int8 IS NULL OR k.price >= $2)"          \
  " AND ($3::int8 IS NULL OR k.price <= $3)) AS s "                                                      \
  "WHERE p.status = 'active' AND p.deleted_at IS NULL AND " condition                                    \
  " AND (($2 IS NULL AND $3 IS NULL) OR s.price IS NOT NULL)"                                            \
  " AND (NOT $4::bool OR 0 < ("                                                                          \
  "SELECT count(1) FROM skus AS k JOIN stock AS t ON t.sku_id = k.id"                                    \
  " WHERE k.product_id = p.id AND k.deleted_at IS NULL AND t.sellable AND t.on_hand > t.held + t.sold))" \
  " ORDER BY " order " LIMIT $6"

const db::Statement kNewest{"catalog.list_newest",
                            SHOPFLOW_LIST_OF("$1::text IS NULL AND p.id < $5", "p.id DESC")};
const db::Statement kNewestOfCategory{"catalog.list_newest_of_category",
                                      SHOPFLOW_LIST_OF("p.category = $1 AND p.id < $5", "p.id DESC")};

// Of the product that the page follows, the name is asked for; the first page follows the least of both.
#define SHOPFLOW_AFTER                                                                    \
  "(p.name, p.id) > (CASE WHEN $5::uuid = '00000000-0000-0000-0000-000000000000' THEN ''" \
  " ELSE (SELECT last.name FROM products AS last WHERE last.id = $5) END, $5)"

const db::Statement kByName{"catalog.list_by_name",
                            SHOPFLOW_LIST_OF("$1::text IS NULL AND " SHOPFLOW_AFTER, "p.name, p.id")};
const db::Statement kByNameOfCategory{
    "catalog.list_by_name_of_category",
    SHOPFLOW_LIST_OF("p.category = $1 AND " SHOPFLOW_AFTER, "p.name, p.id")};

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
      AND (coalesce(s.price, 9223372036854775807), p.id) > ($7::int8, $5::uuid)
ORDER BY coalesce(s.price, 9223372036854775807), p.id LIMIT $6
)"};

const db::Statement kAdminList{"catalog.list_admin", "SELECT " SHOPFLOW_PRODUCT_COLUMNS R"(
FROM products
WHERE deleted_at IS NULL AND ($1::text IS NULL OR status = $1::product_status)
      AND ($2::text IS NULL OR category = $2) AND id < $3
ORDER BY id DESC LIMIT $4
)"};

db::Rows run(db::Transaction& tx, const ProductQuery& query, const std::optional<Place>& after,
             std::int32_t count) {
  const bool newest_first = query.sort == ProductSort::newest;
  const auto before_all = newest_first ? ProductId{Uuid::max()} : ProductId{};
  const auto list = [&](const db::Statement& statement, auto... more) {
    return tx.exec(statement, query.category, query.price_min, query.price_max, query.in_stock,
                   after ? after->id : before_all, count, more...);
  };
  switch (query.sort) {
    case ProductSort::name:
      return list(query.category ? kByNameOfCategory : kByName);
    case ProductSort::price:
      return list(kByPrice, after ? after->price : 0);
    case ProductSort::newest:
      break;
  }
  return list(query.category ? kNewestOfCategory : kNewest);
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
  const auto rows =
      tx.exec(kAdminList, status, query.category, after.value_or(ProductId{Uuid::max()}), count);
  std::vector<Product> products;
  products.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) products.push_back(read_product(rows[i]));
  add_skus(tx, products);
  return products;
}

}  // namespace shopflow::catalog
