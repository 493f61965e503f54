#pragma once

#include <gtest/gtest.h>

#include <chrono>

#include "integration/cache/fixture.hpp"
#include "integration/cache/redis_proxy.hpp"
#include "shopflow/catalog/catalog_api.hpp"
#include "shopflow/catalog/product_cache.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/inventory/inventory_api.hpp"
#include "shopflow/inventory/stock_keeping.hpp"
#include "shopflow/inventory/stock_reader.hpp"
#include "support/test_database.hpp"
#include "support/test_redis.hpp"

namespace shopflow::inventory {

/// Catalogue and stock put together as the server does it, over a real PostgreSQL and a real Redis.
struct Shop {
  Shop(const testing::TestDatabase& database, const std::string& redis_url, const std::string& prefix,
       const Clock& clock)
      : pool{{.connection = database.settings(), .connections = 4}},
        cache{redis_url, prefix},
        store{[this](const std::vector<SkuId>& skus) { stock.stock_changed(skus); }},
        keeping{store, outbox},
        stock{*cache.invalidation, pool, store.products(), clock},
        products{*cache.invalidation, pool},
        catalog{{*Currency::parse("EUR")}, hooks()},
        shoppers{products},
        admin{pool, catalog, clock},
        stock_api{stock},
        stock_admin{pool, store, outbox, clock} {
    cache.invalidation->start();
  }
  ~Shop() {
    pool.stop();
    cache.stop();
  }

  catalog::CatalogHooks hooks() {
    return {[this](db::Transaction& tx, const auto& skus, const auto& told) { keeping.open(tx, skus, told); },
            [this](db::Transaction& tx, const auto& skus, bool sellable) {
              keeping.set_sellable(tx, skus, sellable);
            },
            [this](const auto& changed, const auto& skus) {
              products.invalidate(changed, skus);
              stock.products_changed(changed);
            }};
  }

  template <class T>
  T run(boost::asio::awaitable<T> work) {
    return cache.run(std::move(work));
  }

  db::Pool pool;
  cache::CacheProcess cache;
  events::Outbox outbox{[] {}};
  StockStore store;
  StockKeeping keeping;
  StockReader stock;
  catalog::ProductCache products;
  catalog::Catalog catalog;
  catalog::CatalogApi shoppers;
  catalog::CatalogAdminApi admin;
  StockApi stock_api;
  InventoryApi stock_admin;
};

inline http::Request request_for(const std::string& param = {}, const std::string& value = {},
                                 std::optional<std::int64_t> version = {}) {
  http::Request request;
  request.trace = {std::string(32, 'a'), std::string(16, 'b')};
  if (!param.empty()) request.params.emplace_back(param, value);
  if (version) request.headers.add("If-Match", '"' + std::to_string(*version) + '"');
  return request;
}

inline db::ReceiptKey receipt_key(const std::string& key) { return {"admin POST /somewhere", key, {}}; }

/// The answer as its bytes, also when it was rendered beforehand.
template <class T, int Status>
std::string body_of(const http::Reply<T, Status>& reply) {
  if (reply.body.index() == 1) return std::get<1>(reply.body);
  return json::to_json(std::get<0>(reply.body));
}

class ShopTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(shop_.cache.wait_hearing()); }

  catalog::NewSku new_sku(const std::string& code, std::int64_t price = 1999, std::int32_t units = 0) {
    catalog::NewSku sku;
    sku.code = code;
    sku.price = {price, *Currency::parse("EUR")};
    sku.weight_grams = 100;
    sku.initial_stock = units;
    return sku;
  }
  catalog::NewProduct new_product(const std::string& name, std::vector<catalog::NewSku> skus) {
    catalog::NewProduct product;
    product.name = name;
    product.category = "mugs";
    product.skus = std::move(skus);
    return product;
  }
  /// Lists are in the order of the identifiers, in which two of one millisecond may stand either way if two
  /// threads made them; so what is made next comes later.
  catalog::Product made(const catalog::NewProduct& product) {
    auto reply = shop_.run(shop_.admin.create(request_for(), product));
    if (!reply) throw std::runtime_error{reply.error().code + ": " + reply.error().detail};
    clock_.advance(std::chrono::milliseconds{1});
    return std::get<0>(reply->body);
  }
  template <class Reply>
  std::string code(const Result<Reply>& reply) {
    return reply ? "none" : reply.error().code;
  }
  std::string page(const ProductId& id) {
    const auto request = request_for("id", id.str());
    const auto reply = shop_.run(shop_.shoppers.get(request));
    return reply ? body_of(*reply) : reply.error().code;
  }
  std::string stock(const ProductId& id) { return stock_in(shop_, id); }
  std::string stock_in(Shop& shop, const ProductId& id) {
    const auto request = request_for("id", id.str());
    const auto reply = shop.run(shop.stock_api.get(request));
    if (!reply) return reply.error().code;
    const auto read = json::read_trusted<ProductStock>(body_of(*reply));
    std::string text = std::to_string(read.available) + ":";
    for (const auto& line : read.skus) text += " " + line.code + " " + std::to_string(line.available);
    return text;
  }

  testing::TestDatabase database_;
  testing::TestRedis redis_;
  cache::RedisProxy proxy_{redis_.url()};
  ManualClock clock_{SystemClock{}.now()};
  Shop shop_{database_, proxy_.url(), redis_.prefix(), clock_};
};

}  // namespace shopflow::inventory
