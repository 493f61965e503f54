#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "shopflow/cache/read_through.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/inventory/sku_products.hpp"

namespace shopflow::db {
class Pool;
}

namespace shopflow::inventory {

/// The stock of a product as shoppers ask for it, kept as the JSON that is answered: a hit in the process is
/// a look-up and a copy. Thread-safe; see cache::ReadThrough for what a reader may rely on.
class StockReader {
 public:
  using Body = std::shared_ptr<const std::string>;

  /// `products` is that of the StockStore that tells of the changes.
  StockReader(cache::Invalidation& invalidation, db::Pool& pool, const SkuProducts& products,
              const Clock& clock);

  /// The body if it is in this process, else nullptr.
  [[nodiscard]] Body peek(const ProductId& id) { return bodies_.peek(id); }
  /// nullptr unless the product is active. Throws what the pool throws.
  [[nodiscard]] boost::asio::awaitable<Body> get(ProductId id) { return bodies_.get(id); }

  /// After a commit that moved units of the SKUs, or changed the products. Never blocks. Repeating it (as the
  /// handler of StockChanged does, for the case that a server died right after its commit) is harmless.
  void stock_changed(const std::vector<SkuId>& skus);
  void products_changed(const std::vector<ProductId>& products) { bodies_.invalidate(products); }

  [[nodiscard]] cache::ReadThroughStats stats() const { return bodies_.stats(); }

 private:
  const SkuProducts& products_;
  cache::ReadThrough<ProductId, std::string> bodies_;
};

}  // namespace shopflow::inventory

namespace shopflow {
extern template class cache::ReadThrough<ProductId, std::string>;  // instantiated in stock_reader.cpp
}  // namespace shopflow
