#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "shopflow/catalog/types.hpp"
#include "shopflow/core/error.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::catalog {

struct CatalogSettings {
  Currency currency;  // the only one that the shop sells in
};

/// A SKU that needs a stock row.
struct NewStock {
  SkuId sku_id;
  std::int32_t units = 0;
  std::int32_t low_stock_at = 0;
  bool sellable = true;
};

/// Under which moment and trace something is done.
struct Told {
  Timestamp now;
  std::string traceparent;
};

/// What rooms that the catalogue does not know do when it changes; given by the composition root. None may be
/// empty.
struct CatalogHooks {
  /// Makes the stock rows in the transaction that makes the SKUs; called last, as it may append events.
  std::function<void(db::Transaction&, const std::vector<NewStock>&, const Told&)> skus_created;
  /// The SKUs may, or may no longer, be sold.
  std::function<void(db::Transaction&, const std::vector<SkuId>&, bool sellable)> sellable_changed;
  /// After the commit, before anyone is told: cached answers that tell of these products are stale. On
  /// database threads; may not throw.
  std::function<void(const std::vector<ProductId>&, const std::vector<SkuId>&)> changed;
};

/// Everything that changes products and SKUs, each within somebody's transaction, which rolls back when the
/// result is an error. Versions are those that the caller saw: version_conflict (412) if they have moved on.
/// Thread-safe.
class Catalog {
 public:
  Catalog(CatalogSettings settings, CatalogHooks hooks) : settings_{settings}, hooks_{std::move(hooks)} {}

  /// Called with what was made, before the stock is opened: where the answer is kept for its key.
  using Keep = std::function<void(db::Transaction&, const std::vector<Product>&)>;
  /// Makes all of them with their SKUs and first stock, or none: sku_code_taken, wrong_currency.
  [[nodiscard]] Result<std::vector<Product>> create(db::Transaction& tx, std::vector<NewProduct> products,
                                                    const Told& told, const Keep& keep) const;
  [[nodiscard]] Result<Product> update(db::Transaction& tx, ProductId id, std::int64_t version,
                                       ProductPatch patch, Timestamp now) const;
  /// The product and its SKUs are not shown or sold any more; orders keep what they say of them. Removing
  /// what is removed changes nothing.
  [[nodiscard]] Result<void> remove(db::Transaction& tx, ProductId id, Timestamp now) const;

  using KeepSku = std::function<void(db::Transaction&, const Sku&)>;
  [[nodiscard]] Result<Sku> add_sku(db::Transaction& tx, ProductId product, NewSku sku, const Told& told,
                                    const KeepSku& keep) const;
  [[nodiscard]] Result<Sku> update_sku(db::Transaction& tx, SkuId id, std::int64_t version, SkuPatch patch,
                                       Timestamp now) const;
  [[nodiscard]] Result<void> remove_sku(db::Transaction& tx, SkuId id, Timestamp now) const;

 private:
  [[nodiscard]] Result<void> check_currency(const Money& price) const;
  void tell(db::Transaction& tx, const std::vector<Product>& products) const;

  CatalogSettings settings_;
  CatalogHooks hooks_;
};

}  // namespace shopflow::catalog
