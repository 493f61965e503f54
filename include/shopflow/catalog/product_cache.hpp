#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shopflow/cache/read_through.hpp"
#include "shopflow/catalog/catalog.hpp"
#include "shopflow/catalog/types.hpp"

namespace shopflow::db {
class Pool;
}

namespace shopflow::catalog {

/// What shoppers read of the catalogue, kept as it is answered. Thread-safe; see cache::ReadThrough for what
/// a reader may rely on. Reading throws what the pool throws when PostgreSQL is needed and can't be asked.
class ProductCache {
 public:
  /// A product's page as JSON, and its ETag.
  struct Page {
    std::string body;
    std::string etag;
  };

  ProductCache(cache::Invalidation& invalidation, db::Pool& pool);

  /// nullptr unless the product is active.
  [[nodiscard]] boost::asio::awaitable<std::shared_ptr<const Page>> page(ProductId id) {
    return pages_.get(id);
  }

  /// The same if it is in this process, else nullptr.
  [[nodiscard]] std::shared_ptr<const Page> page_at_hand(const ProductId& id) { return pages_.peek(id); }

  /// A page of the list as JSON; invalid_cursor. Lists of what is in stock are read from PostgreSQL each
  /// time, because stock changes more often than such a list is asked for.
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> list(ProductQuery query);

  /// The same if it is in this process, else nullptr.
  [[nodiscard]] std::shared_ptr<const std::string> list_at_hand(const ProductQuery& query);

  /// nullptr if there never was such a SKU.
  [[nodiscard]] boost::asio::awaitable<std::shared_ptr<const SkuInfo>> sku(SkuId id) { return skus_.get(id); }
  /// The same if it is in this process, else nullptr.
  [[nodiscard]] std::shared_ptr<const SkuInfo> sku_at_hand(const SkuId& id) { return skus_.peek(id); }
  /// Those that exist.
  [[nodiscard]] boost::asio::awaitable<SkuHandles> skus(std::vector<SkuId> ids);

  /// After the commit that changed them; never blocks.
  void invalidate(const std::vector<ProductId>& products, const std::vector<SkuId>& skus);

  [[nodiscard]] std::vector<std::pair<std::string, cache::ReadThroughStats>> stats() const;

 private:
  db::Pool& pool_;
  cache::ReadThrough<ProductId, Page> pages_;
  cache::ReadThrough<std::string, std::string> lists_;
  cache::ReadThrough<SkuId, SkuInfo> skus_;
};

}  // namespace shopflow::catalog

namespace shopflow {
// Instantiated once, in product_cache.cpp: they are the heaviest coroutines of the tree to compile.
extern template class cache::ReadThrough<ProductId, catalog::ProductCache::Page>;
extern template class cache::ReadThrough<std::string, std::string>;
extern template class cache::ReadThrough<SkuId, catalog::SkuInfo>;
}  // namespace shopflow
