#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "shopflow/cache/read_through.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/inventory/sku_products.hpp"

namespace shopflow::db {
class Pool;
class Transaction;
}  // namespace shopflow::db

namespace shopflow::inventory {

struct StockReaderSettings {
  std::size_t entries_max = 1'000'000;  // products in this process, of about 350 bytes each (with one SKU)
};

/// What became of a page of products.
struct WarmedPage {
  std::size_t products = 0;  // that there were, active or not
  std::size_t kept = 0;      // whose answer is in the process now because of it
  ProductId last;            // of them
};

/// The stock of a product as shoppers ask for it, kept as the JSON that is answered: a hit in the process is
/// a look-up and a copy. Thread-safe; see cache::ReadThrough for what a reader may rely on.
class StockReader {
 public:
  using Body = std::shared_ptr<const std::string>;

  /// `products` is that of the StockStore that tells of the changes.
  StockReader(cache::Invalidation& invalidation, db::Pool& pool, const SkuProducts& products,
              const Clock& clock, StockReaderSettings settings = {});

  /// The body if it is in this process, else nullptr.
  [[nodiscard]] Body peek(const ProductId& id) { return bodies_.peek(id); }
  /// nullptr unless the product is active. Throws what the pool throws.
  [[nodiscard]] boost::asio::awaitable<Body> get(ProductId id) { return bodies_.get(id); }

  /// After a commit that moved units of the SKUs, or changed the products. Never blocks. Repeating it (as the
  /// handler of StockChanged does, for the case that a server died right after its commit) is harmless.
  void stock_changed(const std::vector<SkuId>& skus);
  void products_changed(const std::vector<ProductId>& products) { bodies_.invalidate(products); }

  /// Reads the next products after that one, in the order of their ids, by one statement, and keeps their
  /// answers in this process; what is not active any more is dropped. Blocks: for a thread of a pool.
  WarmedPage warm(db::Transaction& tx, ProductId after, std::int32_t products);
  /// For whoever warms it; see cache::ReadThrough.
  void keep_for(std::chrono::milliseconds kept) { bodies_.keep_for(kept); }
  [[nodiscard]] bool hears_others() const { return bodies_.hears_others(); }
  [[nodiscard]] std::uint64_t drops() const { return bodies_.drops(); }

  [[nodiscard]] cache::ReadThroughStats stats() const { return bodies_.stats(); }

 private:
  const SkuProducts& products_;
  const Clock& clock_;
  cache::ReadThrough<ProductId, std::string> bodies_;
};

}  // namespace shopflow::inventory

namespace shopflow {
extern template class cache::ReadThrough<ProductId, std::string>;  // instantiated in stock_reader.cpp
}  // namespace shopflow
