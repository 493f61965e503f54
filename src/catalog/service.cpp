#include "shopflow/catalog/service.hpp"

#include <algorithm>

#include "catalog/repository.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/http/codes.hpp"

namespace shopflow::catalog {
namespace {

Sku make_sku(ProductId product, NewSku from, Timestamp now) {
  Sku sku;
  sku.id = SkuId::make(now);
  sku.product_id = product;
  sku.code = std::move(from.code);
  sku.name = std::move(from.name);
  sku.price = from.price;
  sku.weight_grams = from.weight_grams;
  sku.created_at = now;
  sku.updated_at = now;
  return sku;
}

Product make_product(NewProduct from, Timestamp now) {
  Product product;
  product.id = ProductId::make(now);
  product.name = std::move(from.name);
  product.description = std::move(from.description);
  product.category = std::move(from.category);
  product.status = from.status;
  product.created_at = now;
  product.updated_at = now;
  return product;
}

NewStock stock_of(const Sku& sku, const NewSku& from, ProductStatus status) {
  return {sku.id, from.initial_stock, from.low_stock_at, status == ProductStatus::active};
}

std::vector<SkuId> ids_of(const std::vector<Sku>& skus) {
  std::vector<SkuId> ids;
  for (const auto& sku : skus) ids.push_back(sku.id);
  return ids;
}

/// The unique index has the last word; this says which code it would be about.
Result<void> check_codes(db::Transaction& tx, const std::vector<Sku>& skus) {
  if (skus.empty()) return {};
  std::vector<std::string_view> codes;
  for (const auto& sku : skus) codes.push_back(sku.code);
  std::ranges::sort(codes);
  const auto twice = std::ranges::adjacent_find(codes);
  if (twice != codes.end())
    return fail(errors::sku_code_taken, "'" + std::string{*twice} + "' stands twice.");
  const auto taken = taken_codes(tx, skus);
  if (!taken.empty()) return fail(errors::sku_code_taken, "'" + taken.front() + "' is taken.");
  return {};
}

Result<Product> lock(db::Transaction& tx, ProductId id) {
  auto product = find_product(tx, id, Lock::row);
  if (!product) return fail(errors::product_not_found, id.str());
  return std::move(*product);
}

Result<void> check_version(std::int64_t current, std::int64_t seen) {
  if (current != seen)
    return fail(http::codes::version_conflict, "It is at " + std::to_string(current) + " now.");
  return {};
}

/// A product counts the changes of its SKUs too, because what is shown of it shows them.
void count_change(db::Transaction& tx, Product& product, Timestamp now) {
  ++product.version;
  product.updated_at = now;
  update_product(tx, product);
}

}  // namespace

Result<void> Catalog::check_currency(const Money& price) const {
  if (price.currency == settings_.currency) return {};
  return fail(errors::wrong_currency, "It sells in " + std::string{settings_.currency.str()} + ".");
}

void Catalog::tell(db::Transaction& tx, const std::vector<Product>& products) const {
  std::vector<ProductId> changed;
  std::vector<SkuId> skus;
  for (const auto& product : products) {
    changed.push_back(product.id);
    for (const auto& sku : product.skus) skus.push_back(sku.id);
  }
  tx.after_commit_or_doubt(
      [this, changed = std::move(changed), skus = std::move(skus)] { hooks_.changed(changed, skus); });
}

Result<std::vector<Product>> Catalog::create(db::Transaction& tx, std::vector<NewProduct> wanted,
                                             const Told& told, const Keep& keep) const {
  std::vector<Product> products;
  std::vector<Sku> skus;
  std::vector<NewStock> stock;
  for (auto& from : wanted) {
    auto kinds = std::move(from.skus);
    auto& product = products.emplace_back(make_product(std::move(from), told.now));
    for (auto& kind : kinds) {
      if (auto right = check_currency(kind.price); !right) return std::unexpected{right.error()};
      const auto& sku = product.skus.emplace_back(make_sku(product.id, kind, told.now));
      stock.push_back(stock_of(sku, kind, product.status));
      skus.push_back(sku);
    }
  }
  if (auto free = check_codes(tx, skus); !free) return std::unexpected{free.error()};
  insert_products(tx, products);
  insert_skus(tx, skus);
  tell(tx, products);
  keep(tx, products);
  if (!stock.empty()) hooks_.skus_created(tx, stock, told);
  return products;
}

Result<Product> Catalog::update(db::Transaction& tx, ProductId id, std::int64_t version, ProductPatch patch,
                                Timestamp now) const {
  auto product = lock(tx, id);
  if (!product) return product;
  if (auto current = check_version(product->version, version); !current)
    return std::unexpected{current.error()};
  const auto before = product->status;
  if (patch.name) product->name = std::move(*patch.name);
  if (patch.description) product->description = std::move(*patch.description);
  if (patch.category) product->category = std::move(*patch.category);
  if (patch.status) product->status = *patch.status;
  count_change(tx, *product, now);
  const bool sold = product->status == ProductStatus::active;
  if (sold != (before == ProductStatus::active)) hooks_.sellable_changed(tx, ids_of(product->skus), sold);
  tell(tx, {*product});
  return product;
}

Result<void> Catalog::remove(db::Transaction& tx, ProductId id, Timestamp now) const {
  const auto product = lock(tx, id);
  if (!product) {
    if (product_exists(tx, id)) return {};
    return std::unexpected{product.error()};
  }
  const auto skus = ids_of(product->skus);
  delete_product(tx, id, now);
  delete_skus(tx, skus, now);
  hooks_.sellable_changed(tx, skus, false);
  tell(tx, {*product});
  return {};
}

Result<Sku> Catalog::add_sku(db::Transaction& tx, ProductId id, NewSku from, const Told& told,
                             const KeepSku& keep) const {
  if (auto right = check_currency(from.price); !right) return std::unexpected{right.error()};
  auto product = lock(tx, id);
  if (!product) return std::unexpected{product.error()};
  auto sku = make_sku(id, from, told.now);
  if (auto free = check_codes(tx, {sku}); !free) return std::unexpected{free.error()};
  count_change(tx, *product, told.now);
  insert_skus(tx, std::span{&sku, 1});
  product->skus.push_back(sku);
  tell(tx, {*product});
  keep(tx, sku);
  hooks_.skus_created(tx, {stock_of(sku, from, product->status)}, told);
  return sku;
}

Result<Sku> Catalog::update_sku(db::Transaction& tx, SkuId id, std::int64_t version, SkuPatch patch,
                                Timestamp now) const {
  if (patch.price) {
    if (auto right = check_currency(*patch.price); !right) return std::unexpected{right.error()};
  }
  const auto owner = product_of(tx, id);
  if (!owner) return fail(errors::sku_not_found, id.str());
  auto product = lock(tx, *owner);
  if (!product) return fail(errors::sku_not_found, id.str());
  const auto found = std::ranges::find(product->skus, id, &Sku::id);
  if (found == product->skus.end()) return fail(errors::sku_not_found, id.str());
  auto& sku = *found;
  if (auto current = check_version(sku.version, version); !current) return std::unexpected{current.error()};
  if (patch.code) sku.code = std::move(*patch.code);
  if (patch.name) sku.name = std::move(*patch.name);
  if (patch.price) sku.price = *patch.price;
  if (patch.weight_grams) sku.weight_grams = *patch.weight_grams;
  if (auto free = check_codes(tx, {sku}); !free) return std::unexpected{free.error()};
  ++sku.version;
  sku.updated_at = now;
  catalog::update_sku(tx, sku);
  count_change(tx, *product, now);
  tell(tx, {*product});
  return sku;
}

Result<void> Catalog::remove_sku(db::Transaction& tx, SkuId id, Timestamp now) const {
  const auto owner = product_of(tx, id);
  if (!owner) return fail(errors::sku_not_found, id.str());
  auto product = lock(tx, *owner);
  // A product that is deleted has taken its SKUs with it.
  if (!product || std::ranges::find(product->skus, id, &Sku::id) == product->skus.end()) return {};
  delete_skus(tx, {id}, now);
  count_change(tx, *product, now);
  hooks_.sellable_changed(tx, {id}, false);
  tell(tx, {*product});
  return {};
}

}  // namespace shopflow::catalog
