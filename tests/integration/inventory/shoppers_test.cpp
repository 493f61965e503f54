#include "integration/inventory/shop_fixture.hpp"

namespace shopflow::inventory {
namespace {

using catalog::ProductQuery;
using catalog::ProductSort;
using catalog::ProductStatus;

/// What shoppers read of the catalogue.
class ShoppersTest : public ShopTest {
 protected:
  std::string names(ProductQuery query) {
    std::string all;
    for (;;) {
      const http::Query<ProductQuery> asked{query};
      const auto reply = shop_.run(shop_.shoppers.list(request_for(), asked));
      if (!reply) return reply.error().code;
      const auto page = json::read_trusted<json::List<catalog::ProductCard>>(body_of(*reply));
      EXPECT_LE(page.data.size(), static_cast<std::size_t>(query.limit));
      for (const auto& card : page.data) {
        all += card.name + (card.price_from ? std::to_string(card.price_from->amount) : "") + " ";
      }
      if (!page.has_more) return all;
      query.cursor = page.next_cursor;
    }
  }
  std::string etag(const ProductId& id) {
    const auto request = request_for("id", id.str());
    const auto reply = shop_.run(shop_.shoppers.get(request));
    return *reply->headers.find("ETag");
  }
};

TEST_F(ShoppersTest, AProductIsShownWithItsSkus) {
  const auto mug = made(new_product("Mug", {new_sku("R", 500)}));
  const auto shown = json::read_trusted<catalog::ShownProduct>(page(mug.id));
  EXPECT_EQ(shown.name, "Mug");
  EXPECT_EQ(shown.skus.at(0).id, mug.skus[0].id);
  EXPECT_EQ(shown.skus.at(0).price.amount, 500);
  EXPECT_EQ(etag(mug.id), "\"1\"");
}

TEST_F(ShoppersTest, OnlyActiveProductsAreShown) {
  auto draft = new_product("Draft", {new_sku("D")});
  draft.status = ProductStatus::draft;
  auto archived = new_product("Archived", {new_sku("A")});
  archived.status = ProductStatus::archived;
  EXPECT_EQ(page(made(draft).id), "product_not_found");
  EXPECT_EQ(page(made(archived).id), "product_not_found");
  EXPECT_EQ(page(ProductId::make(clock_.now())), "product_not_found");
  EXPECT_EQ(names({}), "");
}

TEST_F(ShoppersTest, AChangeIsSeenAtOnceInThePageAndInTheLists) {
  const auto mug = made(new_product("Mug", {new_sku("R", 500)}));
  EXPECT_EQ(names({}), "Mug500 ");
  EXPECT_EQ(etag(mug.id), "\"1\"");
  for (std::int64_t version = 1; version < 20; ++version) {
    const auto name = "Mug" + std::to_string(version) + "-";
    const auto request = request_for("id", mug.id.str(), version);
    ASSERT_EQ(code(shop_.run(shop_.admin.update(request, {.name = name}))), "none");
    ASSERT_EQ(json::read_trusted<catalog::ShownProduct>(page(mug.id)).name, name);
    ASSERT_EQ(names({}), name + "500 ");
    ASSERT_EQ(etag(mug.id), '"' + std::to_string(version + 1) + '"');
  }
}

TEST_F(ShoppersTest, AnotherServerSeesAChangeToo) {
  Shop other{database_, redis_.url(), redis_.prefix(), clock_};
  ASSERT_TRUE(other.cache.wait_hearing());
  const auto mug = made(new_product("Mug", {new_sku("R", 500)}));
  const auto request = request_for("id", mug.id.str(), 1);
  EXPECT_TRUE(other.run(other.shoppers.get(request)));
  ASSERT_EQ(code(shop_.run(shop_.admin.update(request, {.status = ProductStatus::archived}))), "none");
  EXPECT_TRUE(testing::until([&] { return !other.run(other.shoppers.get(request)); }));
}

TEST_F(ShoppersTest, ListsHaveThreeOrdersAndPages) {
  made(new_product("Cup", {new_sku("C", 300), new_sku("C2", 900)}));
  made(new_product("Bowl", {new_sku("B", 800)}));
  made(new_product("Jug", {}));
  made(new_product("Ant", {new_sku("A", 300)}));
  for (const int limit : {1, 2, 3, 100}) {
    EXPECT_EQ(names({.sort = ProductSort::newest, .limit = limit}), "Ant300 Jug Bowl800 Cup300 ");
    EXPECT_EQ(names({.sort = ProductSort::name, .limit = limit}), "Ant300 Bowl800 Cup300 Jug ");
    EXPECT_EQ(names({.sort = ProductSort::price, .limit = limit}), "Cup300 Ant300 Bowl800 Jug ");
  }
}

TEST_F(ShoppersTest, ListsAreFiltered) {
  made(new_product("Cup", {new_sku("C", 300, 5), new_sku("C2", 900)}));
  made(new_product("Bowl", {new_sku("B", 800)}));
  auto lamp = new_product("Lamp", {new_sku("L", 800, 1)});
  lamp.category = "lamps";
  made(lamp);
  EXPECT_EQ(names({.category = "mugs", .sort = ProductSort::name}), "Bowl800 Cup300 ");
  EXPECT_EQ(names({.category = "nothing"}), "");
  EXPECT_EQ(names({.price_min = 801}), "Cup900 ");
  EXPECT_EQ(names({.price_min = 400, .price_max = 800, .sort = ProductSort::name}), "Bowl800 Lamp800 ");
  EXPECT_EQ(names({.price_max = 299}), "");
  EXPECT_EQ(names({.in_stock = true, .sort = ProductSort::name}), "Cup300 Lamp800 ");
}

TEST_F(ShoppersTest, ListsOfWhatIsInStockFollowTheStock) {
  const auto cup = made(new_product("Cup", {new_sku("C", 300, 1)}));
  EXPECT_EQ(names({.in_stock = true}), "Cup300 ");
  database_.sql("UPDATE stock SET held = 1");
  EXPECT_EQ(names({.in_stock = true}), "");
}

TEST_F(ShoppersTest, ACursorThatIsNoneIsRefused) {
  for (const auto sort : {ProductSort::newest, ProductSort::name, ProductSort::price}) {
    EXPECT_EQ(names({.sort = sort, .cursor = "nonsense"}), "invalid_cursor");
  }
  EXPECT_EQ(names({.sort = ProductSort::price, .cursor = encode_uuid({})}), "invalid_cursor");
  EXPECT_EQ(names({.sort = ProductSort::price, .cursor = "-1-" + encode_uuid({})}), "invalid_cursor");
}

TEST_F(ShoppersTest, WithoutRedisTheCatalogueIsReadAllTheSame) {
  const auto mug = made(new_product("Mug", {new_sku("R", 500)}));
  std::int64_t version = 1;
  for (const auto mode :
       {cache::RedisProxy::Mode::refuse, cache::RedisProxy::Mode::silent, cache::RedisProxy::Mode::garbage}) {
    proxy_.set(mode);
    const auto name = "Mug" + std::to_string(version) + "-";
    const auto request = request_for("id", mug.id.str(), version++);
    ASSERT_EQ(code(shop_.run(shop_.admin.update(request, {.name = name}))), "none");
    EXPECT_EQ(json::read_trusted<catalog::ShownProduct>(page(mug.id)).name, name);
    EXPECT_EQ(names({}), name + "500 ");
    proxy_.set(cache::RedisProxy::Mode::forward);
  }
}

TEST_F(ShoppersTest, SkusAreReadForCartsOneByOneAndManyAtOnce) {
  std::vector<catalog::NewSku> kinds;
  for (int i = 0; i < 20; ++i) kinds.push_back(new_sku("C" + std::to_string(i)));
  const auto mug = made(new_product("Mug", kinds));
  std::vector<SkuId> ids;
  for (const auto& sku : mug.skus) ids.push_back(sku.id);
  ids.push_back(ids.front());
  ids.push_back(SkuId::make(clock_.now()));
  EXPECT_EQ(shop_.run(shop_.products.skus(ids)).size(), 20U);
  EXPECT_EQ(shop_.run(shop_.products.skus({ids[0], ids[1]})).size(), 2U);
  EXPECT_EQ(shop_.run(shop_.products.sku(ids[2]))->code, "C2");
  EXPECT_EQ(shop_.run(shop_.products.sku(ids.back())), nullptr);
}

}  // namespace
}  // namespace shopflow::inventory
