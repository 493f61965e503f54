#include <gtest/gtest.h>

#include "shopflow/catalog/catalog.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::catalog {
namespace {

std::string quoted(const Uuid& id) { return "'" + to_hyphenated(id) + "'"; }

class SkuRepositoryTest : public ::testing::Test {
 protected:
  ProductId add_product(const std::string& status, const std::string& deleted_at) {
    const auto id = ProductId::make(now_);
    database_.sql(
        "INSERT INTO products (id, version, name, description, category, status, created_at, updated_at, "
        "deleted_at) "
        "VALUES (" +
        quoted(id.value) + ", 1, 'Mug', '', 'mugs', '" + status + "', now(), now(), " + deleted_at + ")");
    return id;
  }
  SkuId add_sku(ProductId product, const std::string& name, const std::string& deleted_at) {
    const auto id = SkuId::make(now_);
    database_.sql(
        "INSERT INTO skus (id, product_id, version, code, name, price, currency, weight_grams, created_at, "
        "updated_at, "
        "deleted_at) VALUES (" +
        quoted(id.value) + ", " + quoted(product.value) + ", 1, " + quoted(id.value) + ", '" + name +
        "', 1999, 'EUR', 250, now(), now(), " + deleted_at + ")");
    return id;
  }
  std::vector<SkuInfo> find(const std::vector<SkuId>& ids) {
    std::vector<SkuInfo> found;
    connection_.read([&](db::Transaction& tx) {
      for (const auto& [id, info] : find_skus(tx, ids)) found.push_back(*info);
    });
    return found;
  }

  testing::TestDatabase database_;
  Timestamp now_ = SystemClock{}.now();
  db::Connection connection_{database_.settings()};
};

TEST_F(SkuRepositoryTest, AFoundSkuCarriesWhatCartsAndOrdersNeed) {
  const auto product = add_product("active", "NULL");
  const auto blue = add_sku(product, "blue", "NULL");
  const auto found = find({blue, blue, SkuId::make(now_)});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, blue);
  EXPECT_EQ(found[0].product_id, product);
  EXPECT_EQ(found[0].code, to_hyphenated(blue.value));
  EXPECT_EQ(found[0].name, "Mug, blue");
  EXPECT_EQ(found[0].price, (Money{1999, *Currency::parse("EUR")}));
  EXPECT_EQ(found[0].weight_grams, 250);
  EXPECT_TRUE(found[0].live);
}

TEST_F(SkuRepositoryTest, ASkuWithoutANameOfItsOwnIsCalledLikeItsProduct) {
  const auto plain = add_sku(add_product("active", "NULL"), "", "NULL");
  EXPECT_EQ(find({plain}).at(0).name, "Mug");
}

TEST_F(SkuRepositoryTest, DeletedDraftAndArchivedAreFoundButNotLive) {
  EXPECT_FALSE(find({add_sku(add_product("active", "NULL"), "", "now()")}).at(0).live);
  EXPECT_FALSE(find({add_sku(add_product("active", "now()"), "", "NULL")}).at(0).live);
  EXPECT_FALSE(find({add_sku(add_product("draft", "NULL"), "", "NULL")}).at(0).live);
  EXPECT_FALSE(find({add_sku(add_product("archived", "NULL"), "", "NULL")}).at(0).live);
}

TEST_F(SkuRepositoryTest, NoIdentifiersFindNothing) { EXPECT_TRUE(find({}).empty()); }

}  // namespace
}  // namespace shopflow::catalog
