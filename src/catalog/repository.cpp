#include "catalog/repository.hpp"

#include <algorithm>
#include <unordered_map>

#include "catalog/rows.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::catalog {
namespace {

const db::Statement kInsertProducts{"catalog.insert_products", R"(
INSERT INTO products (id, version, name, description, category, status, created_at, updated_at)
SELECT p.id, p.version, p.name, p.description, p.category, p.status::product_status, p.created_at, p.created_at
FROM (SELECT unnest($1::uuid[]), unnest($2::int8[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[]),
             unnest($6::text[]), unnest($7::timestamptz[]))
     AS p (id, version, name, description, category, status, created_at)
)"};

const db::Statement kInsertSkus{"catalog.insert_skus", R"(
INSERT INTO skus (id, product_id, version, code, name, price, currency, weight_grams, created_at, updated_at)
SELECT s.id, s.product_id, s.version, s.code, s.name, s.price, s.currency, s.weight_grams, s.created_at, s.created_at
FROM (SELECT unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::int8[]), unnest($4::text[]), unnest($5::text[]),
             unnest($6::int8[]), unnest($7::text[]), unnest($8::int4[]), unnest($9::timestamptz[]))
     AS s (id, product_id, version, code, name, price, currency, weight_grams, created_at)
)"};

const db::Statement kTakenCodes{"catalog.taken_codes", R"(
SELECT code FROM skus WHERE code = ANY ($1::text[]) AND NOT (id = ANY ($2::uuid[])) AND deleted_at IS NULL ORDER BY code
)"};

const db::Statement kFindProduct{"catalog.find_product", "SELECT " SHOPFLOW_PRODUCT_COLUMNS R"(
FROM products WHERE id = $1 AND deleted_at IS NULL
)"};

const db::Statement kLockProduct{"catalog.lock_product", "SELECT " SHOPFLOW_PRODUCT_COLUMNS R"(
FROM products WHERE id = $1 AND deleted_at IS NULL
FOR NO KEY UPDATE
)"};

const db::Statement kSkusOfProducts{"catalog.skus_of_products", R"(
SELECT id, product_id, version, code, name, price, currency, weight_grams, created_at, updated_at
FROM skus WHERE product_id = ANY ($1::uuid[]) AND deleted_at IS NULL
ORDER BY id
)"};

const db::Statement kProductOf{"catalog.product_of_sku", "SELECT product_id FROM skus WHERE id = $1"};

const db::Statement kProductExists{"catalog.product_exists", "SELECT 1 FROM products WHERE id = $1"};

const db::Statement kUpdateProduct{"catalog.update_product", R"(
UPDATE products
SET version = $2, name = $3, description = $4, category = $5, status = $6::product_status, updated_at = $7
WHERE id = $1 AND version = $2 - 1 AND deleted_at IS NULL
)"};

const db::Statement kDeleteProduct{"catalog.delete_product", R"(
UPDATE products SET version = version + 1, deleted_at = $2, updated_at = $2 WHERE id = $1 AND deleted_at IS NULL
)"};

const db::Statement kUpdateSku{"catalog.update_sku", R"(
UPDATE skus SET version = $2, code = $3, name = $4, price = $5, weight_grams = $6, updated_at = $7
WHERE id = $1 AND version = $2 - 1 AND deleted_at IS NULL
)"};

const db::Statement kDeleteSkus{"catalog.delete_skus", R"(
UPDATE skus SET version = version + 1, deleted_at = $2, updated_at = $2
WHERE id = ANY ($1::uuid[]) AND deleted_at IS NULL
)"};

void must_change_one(const db::Rows& rows) {
  // The row was locked, and its version seen, by the transaction that changes it.
  if (rows.affected() != 1)
    throw std::logic_error{"a locked row of the catalogue was changed by somebody else"};
}

}  // namespace

Product read_product(db::Row row) {
  Product product;
  product.id = row.next<ProductId>();
  product.version = row.next<std::int64_t>();
  product.name = row.next<std::string>();
  product.description = row.next<std::string>();
  product.category = row.next<std::string>();
  product.status = json::value_of<ProductStatus>(row.next<std::string>()).value();
  product.created_at = row.next<Timestamp>();
  product.updated_at = row.next<Timestamp>();
  return product;
}

void add_skus(db::Transaction& tx, std::span<Product> products) {
  if (products.empty()) return;
  std::unordered_map<ProductId, Product*> by_id;
  db::UuidArray ids;
  for (auto& product : products) {
    ids.push(product.id);
    by_id.emplace(product.id, &product);
  }
  const auto rows = tx.exec(kSkusOfProducts, ids);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    Sku sku;
    sku.id = row.next<SkuId>();
    sku.product_id = row.next<ProductId>();
    sku.version = row.next<std::int64_t>();
    sku.code = row.next<std::string>();
    sku.name = row.next<std::string>();
    sku.price.amount = row.next<std::int64_t>();
    sku.price.currency = row.next<Currency>();
    sku.weight_grams = row.next<std::int32_t>();
    sku.created_at = row.next<Timestamp>();
    sku.updated_at = row.next<Timestamp>();
    by_id.at(sku.product_id)->skus.push_back(std::move(sku));
  }
}

void insert_products(db::Transaction& tx, std::span<const Product> products) {
  db::UuidArray ids;
  db::BigIntArray versions;
  db::TextArray names;
  db::TextArray descriptions;
  db::TextArray categories;
  db::TextArray statuses;
  db::TimestampArray times;
  for (const auto& product : products) {
    ids.push(product.id);
    versions.push(product.version);
    names.push(product.name);
    descriptions.push(product.description);
    categories.push(product.category);
    statuses.push(json::name_of(product.status));
    times.push(product.created_at);
  }
  tx.exec(kInsertProducts, ids, versions, names, descriptions, categories, statuses, times);
}

void insert_skus(db::Transaction& tx, std::span<const Sku> skus) {
  if (skus.empty()) return;
  db::UuidArray ids;
  db::UuidArray products;
  db::BigIntArray versions;
  db::TextArray codes;
  db::TextArray names;
  db::BigIntArray prices;
  db::TextArray currencies;
  db::IntArray weights;
  db::TimestampArray times;
  for (const auto& sku : skus) {
    ids.push(sku.id);
    products.push(sku.product_id);
    versions.push(sku.version);
    codes.push(sku.code);
    names.push(sku.name);
    prices.push(sku.price.amount);
    currencies.push(sku.price.currency.str());
    weights.push(sku.weight_grams);
    times.push(sku.created_at);
  }
  tx.exec(kInsertSkus, ids, products, versions, codes, names, prices, currencies, weights, times);
}

std::vector<std::string> taken_codes(db::Transaction& tx, std::span<const Sku> skus) {
  db::TextArray codes;
  db::UuidArray ids;
  for (const auto& sku : skus) {
    codes.push(sku.code);
    ids.push(sku.id);
  }
  const auto rows = tx.exec(kTakenCodes, codes, ids);
  std::vector<std::string> taken;
  for (std::size_t i = 0; i < rows.size(); ++i) taken.push_back(rows[i].next<std::string>());
  return taken;
}

std::optional<Product> find_product(db::Transaction& tx, ProductId id, Lock lock) {
  const auto rows = tx.exec(lock == Lock::row ? kLockProduct : kFindProduct, id);
  if (rows.empty()) return std::nullopt;
  auto product = read_product(rows[0]);
  add_skus(tx, std::span{&product, 1});
  return product;
}

std::optional<ProductId> product_of(db::Transaction& tx, SkuId id) {
  const auto rows = tx.exec(kProductOf, id);
  if (rows.empty()) return std::nullopt;
  return rows[0].next<ProductId>();
}

bool product_exists(db::Transaction& tx, ProductId id) { return !tx.exec(kProductExists, id).empty(); }

void update_product(db::Transaction& tx, const Product& product) {
  must_change_one(tx.exec(kUpdateProduct, product.id, product.version, product.name, product.description,
                          product.category, json::name_of(product.status), product.updated_at));
}

void delete_product(db::Transaction& tx, ProductId id, Timestamp now) {
  must_change_one(tx.exec(kDeleteProduct, id, now));
}

void update_sku(db::Transaction& tx, const Sku& sku) {
  must_change_one(tx.exec(kUpdateSku, sku.id, sku.version, sku.code, sku.name, sku.price.amount,
                          sku.weight_grams, sku.updated_at));
}

void delete_skus(db::Transaction& tx, const std::vector<SkuId>& skus, Timestamp now) {
  if (skus.empty()) return;
  tx.exec(kDeleteSkus, db::UuidArray{skus}, now);
}

}  // namespace shopflow::catalog
