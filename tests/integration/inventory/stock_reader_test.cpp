#include "shopflow/inventory/stock_reader.hpp"

#include "integration/inventory/shop_fixture.hpp"
#include "shopflow/db/error.hpp"

namespace shopflow::inventory {
namespace {

class StockReaderTest : public ShopTest {
 protected:
  catalog::Product mug_;
  void SetUp() override {
    ShopTest::SetUp();
    mug_ = made(new_product("Mug", {new_sku("RED", 100, 5), new_sku("BLUE", 100, 3)}));
  }
  void hold(const SkuId& sku, std::int32_t units) { hold_in(shop_, sku, units); }
  void hold_in(Shop& shop, const SkuId& sku, std::int32_t units) {
    const auto work = [&](db::Transaction& tx) {
      auto book = shop.store.load(tx, {sku});
      EXPECT_TRUE(book.hold(sku, units, {"cart", {}, {}}));
      std::vector<events::NewEvent> events;
      shop.store.save(tx, book, clock_.now(), "", events);
    };
    shop.run(shop.pool.transact(work));
  }
};

TEST_F(StockReaderTest, AvailableUnitsAreToldSkuBySku) { EXPECT_EQ(stock(mug_.id), "8: RED 5 BLUE 3"); }

TEST_F(StockReaderTest, TheSecondReaderIsAnsweredFromTheProcess) {
  EXPECT_EQ(stock(mug_.id), "8: RED 5 BLUE 3");
  EXPECT_NE(shop_.stock.peek(mug_.id), nullptr);
  EXPECT_EQ(stock(mug_.id), "8: RED 5 BLUE 3");
  EXPECT_EQ(shop_.stock.stats().loads, 1U);
}

TEST_F(StockReaderTest, AHoldIsSeenAtOnce) {
  for (int units = 5; units > 0; --units) {
    EXPECT_EQ(stock(mug_.id), std::to_string(units + 3) + ": RED " + std::to_string(units) + " BLUE 3");
    hold(mug_.skus[0].id, 1);
  }
  EXPECT_EQ(stock(mug_.id), "3: RED 0 BLUE 3");
}

TEST_F(StockReaderTest, AnotherServerHearsOfAHold) {
  Shop other{database_, redis_.url(), redis_.prefix(), clock_};
  ASSERT_TRUE(other.cache.wait_hearing());
  EXPECT_EQ(stock(mug_.id), "8: RED 5 BLUE 3");
  hold_in(other, mug_.skus[0].id, 2);
  EXPECT_EQ(stock_in(other, mug_.id), "6: RED 3 BLUE 3");
  EXPECT_TRUE(testing::until([&] { return stock(mug_.id) == "6: RED 3 BLUE 3"; }));
}

TEST_F(StockReaderTest, ProductsThatAreNotShownHaveNoStock) {
  auto draft = new_product("Draft", {new_sku("D", 100, 5)});
  draft.status = catalog::ProductStatus::draft;
  EXPECT_EQ(stock(made(draft).id), "product_not_found");
  EXPECT_EQ(stock(ProductId::make(clock_.now())), "product_not_found");
  const auto request = request_for("id", "prd_nonsense");
  EXPECT_EQ(code(shop_.run(shop_.stock_api.get(request))), "invalid_id");
  EXPECT_EQ(stock(made(new_product("Bare", {})).id), "0:");
}

TEST_F(StockReaderTest, WithoutRedisTheAnswersAreTheSame) {
  for (const auto mode :
       {cache::RedisProxy::Mode::refuse, cache::RedisProxy::Mode::silent, cache::RedisProxy::Mode::garbage}) {
    EXPECT_NE(stock(mug_.id), "product_not_found");
    proxy_.set(mode);
    const auto before = json::read_trusted<ProductStock>(*shop_.run(shop_.stock.get(mug_.id)));
    hold(mug_.skus[1].id, 1);
    const auto after = json::read_trusted<ProductStock>(*shop_.run(shop_.stock.get(mug_.id)));
    EXPECT_EQ(after.available, before.available - 1);
    proxy_.set(cache::RedisProxy::Mode::forward);
  }
}

TEST_F(StockReaderTest, WhatAProcessNeverSawIsStillDroppedByItsMoves) {
  // A server that has just started moves units of a product that only Redis remembers.
  EXPECT_EQ(stock(mug_.id), "8: RED 5 BLUE 3");
  Shop fresh{database_, redis_.url(), redis_.prefix(), clock_};
  ASSERT_TRUE(fresh.cache.wait_hearing());
  hold_in(fresh, mug_.skus[0].id, 5);
  EXPECT_EQ(stock_in(fresh, mug_.id), "3: RED 0 BLUE 3");
}

TEST_F(StockReaderTest, ADatabaseThatIsAwayIsAnErrorAndNotAnAnswer) {
  shop_.pool.stop();
  const auto request = request_for("id", mug_.id.str());
  EXPECT_THROW(shop_.run(shop_.stock_api.get(request)), db::Unavailable);
}

}  // namespace
}  // namespace shopflow::inventory
