#include "shopflow/inventory/stock_warmer.hpp"

#include <boost/asio/io_context.hpp>
#include <thread>

#include "integration/inventory/shop_fixture.hpp"

namespace shopflow::inventory {
namespace {

namespace asio = boost::asio;

/// A warmer on a thread of its own.
struct Warming {
  Warming(const testing::TestDatabase& database, StockReader& stock)
      : warmer{context.get_executor(), settings(database), stock} {
    asio::co_spawn(context, warmer.run(), asio::detached);
    thread = std::jthread{[this] { context.run(); }};
  }
  ~Warming() {
    context.stop();
    thread.join();
    warmer.stop();
  }
  static db::ConnectionSettings settings(const testing::TestDatabase& database) {
    auto settings = database.settings();
    settings.application_name = "warmer";
    return settings;
  }
  asio::io_context context{1};
  StockWarmer warmer;
  std::jthread thread;
};

class StockWarmerTest : public ShopTest {
 protected:
  WarmedPage warm(ProductId after = {}, std::int32_t count = 1000) {
    const auto work = [&](db::Transaction& tx) { return shop_.stock.warm(tx, after, count); };
    return shop_.run(shop_.pool.read(work));
  }
  /// What the process has, without the time at which it was read.
  std::string kept(const ProductId& id) {
    const auto body = shop_.stock.peek(id);
    return body ? body->substr(0, body->find("\"as_of\"")) : "nothing";
  }
  std::string loaded(const ProductId& id) {
    const auto body = shop_.run(shop_.stock.get(id));
    return body ? body->substr(0, body->find("\"as_of\"")) : "nothing";
  }
  /// In its transaction, with what follows after the commit.
  void hold(const SkuId& sku, std::int32_t units) {
    const auto work = [&](db::Transaction& tx) {
      auto book = shop_.store.load(tx, {sku});
      EXPECT_TRUE(book.hold(sku, units, {"cart", {}, {}}));
      std::vector<events::NewEvent> events;
      shop_.store.save(tx, book, clock_.now(), "", events);
    };
    shop_.run(shop_.pool.transact(work));
  }
  std::vector<ProductId> several() {
    std::vector<ProductId> ids;
    ids.push_back(made(new_product("One", {new_sku("A", 100, 5)})).id);
    ids.push_back(
        made(new_product("Three", {new_sku("B", 100, 1), new_sku("C", 100, 2), new_sku("D", 100)})).id);
    ids.push_back(made(new_product("Bare", {})).id);
    auto draft = new_product("Draft", {new_sku("E", 100, 5)});
    draft.status = catalog::ProductStatus::draft;
    ids.push_back(made(draft).id);
    ids.push_back(made(new_product("Two", {new_sku("F", 100, 7), new_sku("G", 100, 8)})).id);
    return ids;
  }
};

TEST_F(StockWarmerTest, WarmedAnswersAreThoseOfASingleRead) {
  const auto ids = several();
  database_.sql("UPDATE stock SET sellable = false FROM skus WHERE skus.id = sku_id AND code = 'C'");
  database_.sql("UPDATE skus SET deleted_at = now() WHERE code = 'F'");
  const auto page = warm();
  EXPECT_EQ(page.products, 5U);
  EXPECT_EQ(page.kept, 4U);
  std::vector<std::string> warmed;
  for (const auto& id : ids) warmed.push_back(kept(id));
  EXPECT_EQ(shop_.stock.stats().loads, 0U);
  shop_.stock.products_changed(ids);
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(loaded(ids[i]), warmed[i]);
  EXPECT_EQ(stock(ids[1]), "1: B 1 C 0 D 0");
  EXPECT_EQ(stock(ids[4]), "8: G 8");
}

TEST_F(StockWarmerTest, ARoundGoesPageByPageThroughTheWholeCatalogue) {
  const auto ids = several();
  const auto first = warm({}, 2);
  EXPECT_EQ(first.last, ids[1]);
  EXPECT_EQ(kept(ids[2]), "nothing");
  const auto second = warm(first.last, 2);
  EXPECT_EQ(second.last, ids[3]);
  const auto third = warm(second.last, 2);
  EXPECT_EQ(third.products, 1U);
  EXPECT_NE(kept(ids[4]), "nothing");
  EXPECT_EQ(warm(third.last, 2).products, 0U);
}

TEST_F(StockWarmerTest, WhatAServerThatDiedDidNotAnnounceIsRightAfterTheNextRound) {
  const auto mug = made(new_product("Mug", {new_sku("RED", 100, 5)}));
  const auto cup = made(new_product("Cup", {new_sku("BLUE", 100, 5)}));
  (void)warm();
  database_.sql("UPDATE stock SET held = 2 FROM skus WHERE skus.id = sku_id AND code = 'RED'");
  database_.sql("UPDATE products SET status = 'archived' WHERE name = 'Cup'");
  EXPECT_EQ(stock(mug.id), "5: RED 5");
  EXPECT_EQ(stock(cup.id), "5: BLUE 5");
  (void)warm();
  EXPECT_EQ(stock(mug.id), "3: RED 3");
  EXPECT_EQ(stock(cup.id), "product_not_found");
}

TEST_F(StockWarmerTest, AHoldIsSeenAtOnceWhilePagesAreRead) {
  const auto mug = made(new_product("Mug", {new_sku("RED", 100, 200)}));
  std::atomic<bool> done{false};
  std::atomic<std::size_t> pages{0};
  std::jthread reader{[&] {
    while (!done) pages += warm().kept;
  }};
  for (int left = 199; left >= 0; --left) {
    hold(mug.skus[0].id, 1);
    ASSERT_EQ(stock(mug.id), std::to_string(left) + ": RED " + std::to_string(left));
  }
  EXPECT_TRUE(testing::until([&] { return pages > 0; }));
  done = true;
}

TEST_F(StockWarmerTest, ItWarmsTheWholeCatalogueByItself) {
  const auto ids = several();
  const Warming warming{database_, shop_.stock};
  ASSERT_TRUE(testing::until([&] { return warming.warmer.stats().rounds > 0; }));
  for (const auto i : {0U, 1U, 2U, 4U}) EXPECT_NE(kept(ids[i]), "nothing") << i;
  EXPECT_EQ(kept(ids[3]), "nothing");
  EXPECT_EQ(shop_.stock.stats().loads, 0U);
  EXPECT_EQ(warming.warmer.stats().warmed, 4U);
}

TEST_F(StockWarmerTest, WhenOthersAreHeardAgainItBeginsAgainAtOnce) {
  const auto mug = made(new_product("Mug", {new_sku("RED", 100, 5)}));
  const Warming warming{database_, shop_.stock};
  for (std::uint64_t round = 1; round <= 3; ++round) {
    ASSERT_TRUE(testing::until([&] { return warming.warmer.stats().rounds == round; }));
    EXPECT_NE(kept(mug.id), "nothing");
    proxy_.set(cache::RedisProxy::Mode::refuse);
    ASSERT_TRUE(testing::until([&] { return !shop_.stock.hears_others(); }));
    proxy_.set(cache::RedisProxy::Mode::forward);
  }
  EXPECT_EQ(shop_.stock.stats().loads, 0U);
}

TEST_F(StockWarmerTest, ASessionThatBreaksIsReplaced) {
  (void)made(new_product("Mug", {new_sku("RED", 100, 5)}));
  const Warming warming{database_, shop_.stock};
  ASSERT_TRUE(testing::until([&] { return warming.warmer.stats().rounds == 1; }));
  database_.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'warmer'"
      " AND datname = current_database()");
  const auto drops = shop_.stock.drops();
  proxy_.set(cache::RedisProxy::Mode::refuse);
  ASSERT_TRUE(testing::until([&] { return !shop_.stock.hears_others(); }));
  proxy_.set(cache::RedisProxy::Mode::forward);
  ASSERT_TRUE(testing::until([&] { return shop_.stock.drops() > drops; }));
  EXPECT_TRUE(testing::until([&] { return warming.warmer.stats().rounds == 2; }));
}

}  // namespace
}  // namespace shopflow::inventory
