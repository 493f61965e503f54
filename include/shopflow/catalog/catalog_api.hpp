#pragma once

#include <boost/asio/awaitable.hpp>

#include "shopflow/catalog/service.hpp"
#include "shopflow/catalog/shapes.hpp"
#include "shopflow/http/reply.hpp"

namespace shopflow::db {
class Pool;
}

namespace shopflow::catalog {

class ProductCache;

/// What shoppers ask of the catalogue. Only active products are there.
class CatalogApi {
 public:
  explicit CatalogApi(ProductCache& products) : products_{products} {}

  /// invalid_cursor.
  boost::asio::awaitable<Result<http::Reply<json::List<ProductCard>>>> list(const http::Request& request,
                                                                            http::Query<ProductQuery> query);
  /// product_not_found. With the product's version as its ETag.
  boost::asio::awaitable<Result<http::Versioned<http::Reply<ShownProduct>>>> get(
      const http::Request& request);

  /// The same answers, if they are in this process.
  http::AtHand list_at_hand(const http::Request& request, const http::Query<ProductQuery>& query);
  http::AtHand get_at_hand(const http::Request& request);

 private:
  ProductCache& products_;
};

/// How the shop's people change the catalogue. Creations keep their answers under the request's key.
class CatalogAdminApi {
 public:
  CatalogAdminApi(db::Pool& pool, const Catalog& catalog, const Clock& clock)
      : pool_{pool}, catalog_{catalog}, clock_{clock} {}

  /// sku_code_taken, wrong_currency.
  boost::asio::awaitable<Result<http::Versioned<http::Created<Product>>>> create(const http::Request& request,
                                                                                 NewProduct body);
  /// The same for up to 1,000 products in one transaction.
  boost::asio::awaitable<Result<http::Created<ProductBatchResult>>> create_batch(const http::Request& request,
                                                                                 ProductBatch body);
  /// invalid_cursor.
  boost::asio::awaitable<Result<http::Reply<json::List<Product>>>> list(const http::Request& request,
                                                                        http::Query<AdminProductQuery> query);
  /// product_not_found.
  boost::asio::awaitable<Result<http::Versioned<http::Reply<Product>>>> get(const http::Request& request);
  /// product_not_found, version_conflict, if_match_required, if_match_invalid.
  boost::asio::awaitable<Result<http::Versioned<http::Reply<Product>>>> update(const http::Request& request,
                                                                               ProductPatch body);
  /// product_not_found if there never was one.
  boost::asio::awaitable<Result<http::Reply<http::NoContent>>> remove(const http::Request& request);

  /// product_not_found, sku_code_taken, wrong_currency.
  boost::asio::awaitable<Result<http::Versioned<http::Created<Sku>>>> add_sku(const http::Request& request,
                                                                              NewSku body);
  /// sku_not_found, sku_code_taken, wrong_currency, version_conflict, if_match_required, if_match_invalid.
  boost::asio::awaitable<Result<http::Versioned<http::Reply<Sku>>>> update_sku(const http::Request& request,
                                                                               SkuPatch body);
  /// sku_not_found if there never was one.
  boost::asio::awaitable<Result<http::Reply<http::NoContent>>> remove_sku(const http::Request& request);

 private:
  db::Pool& pool_;
  const Catalog& catalog_;
  const Clock& clock_;
};

}  // namespace shopflow::catalog
