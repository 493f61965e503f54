#include "integration/inventory/shop_fixture.hpp"
#include "shopflow/db/receipts.hpp"
#include "support/kept_answer.hpp"

namespace shopflow::inventory {
namespace {

using catalog::ProductStatus;

/// The catalogue's operations with the stock that follows them.
class CatalogAdminTest : public ShopTest {
 protected:
  std::string update(const ProductId& id, std::int64_t version, const catalog::ProductPatch& patch) {
    const auto request = request_for("id", id.str(), version);
    return code(shop_.run(shop_.admin.update(request, patch)));
  }
  std::string update_sku(const SkuId& id, std::int64_t version, const catalog::SkuPatch& patch) {
    const auto request = request_for("id", id.str(), version);
    return code(shop_.run(shop_.admin.update_sku(request, patch)));
  }
  std::string remove(const std::string& id) {
    const auto request = request_for("id", id);
    return code(shop_.run(shop_.admin.remove(request)));
  }
  std::string remove_sku(const SkuId& id) {
    const auto request = request_for("id", id.str());
    return code(shop_.run(shop_.admin.remove_sku(request)));
  }
  std::string add_sku(const ProductId& id, const catalog::NewSku& sku) {
    const auto request = request_for("id", id.str());
    return code(shop_.run(shop_.admin.add_sku(request, sku)));
  }
  std::string create(const catalog::NewProduct& product) {
    return code(shop_.run(shop_.admin.create(request_for(), product)));
  }
  catalog::Product read(const ProductId& id) {
    const auto request = request_for("id", id.str());
    return std::get<0>(shop_.run(shop_.admin.get(request))->body);
  }
  std::string sellable() {
    return database_.sql("SELECT string_agg(sellable::text, ' ' ORDER BY sku_id) FROM stock");
  }
};

TEST_F(CatalogAdminTest, AProductIsMadeWithItsSkusAndTheirFirstStock) {
  const auto request = request_for();
  auto reply =
      shop_.run(shop_.admin.create(request, new_product("Mug", {new_sku("R", 500, 3), new_sku("B", 600)})));
  ASSERT_TRUE(reply);
  EXPECT_EQ(*reply->headers.find("ETag"), "\"1\"");
  const auto product = std::get<0>(reply->body);
  EXPECT_EQ(json::to_json(read(product.id)), json::to_json(product));
  EXPECT_EQ(stock(product.id), "3: R 3 B 0");
  EXPECT_EQ(database_.sql("SELECT string_agg(movement || ' ' || quantity, ' ') FROM stock_ledger"),
            "receive 3");
  EXPECT_EQ(database_.sql("SELECT string_agg(type, ' ') FROM events"), "StockChanged");
}

TEST_F(CatalogAdminTest, ACodeBelongsToOneSku) {
  const auto mug = made(new_product("Mug", {new_sku("R"), new_sku("B")}));
  EXPECT_EQ(create(new_product("Other", {new_sku("R")})), "sku_code_taken");
  EXPECT_EQ(create(new_product("Other", {new_sku("X"), new_sku("X")})), "sku_code_taken");
  EXPECT_EQ(add_sku(mug.id, new_sku("R")), "sku_code_taken");
  EXPECT_EQ(update_sku(mug.skus[0].id, 1, {.code = "B"}), "sku_code_taken");
  EXPECT_EQ(update_sku(mug.skus[0].id, 1, {.code = "R"}), "none");
  EXPECT_EQ(database_.number("SELECT count(*) FROM products"), 1);
  EXPECT_EQ(remove_sku(mug.skus[0].id), "none");
  EXPECT_EQ(create(new_product("Other", {new_sku("R")})), "none");
}

TEST_F(CatalogAdminTest, ACodeIsGivenOnceToManyWhoAskAtOnce) {
  std::vector<std::future<Result<http::Versioned<http::Created<catalog::Product>>>>> answers;
  const auto request = request_for();
  for (std::size_t i = 0; i < 8; ++i) {
    answers.push_back(
        shop_.cache.spawn(shop_.admin.create(request, new_product("Mug", {new_sku("R")})), i % 2));
  }
  int made = 0;
  for (auto& answer : answers) {
    const auto outcome = answer.get();
    made += outcome ? 1 : 0;
    if (!outcome) EXPECT_EQ(outcome.error().code, "sku_code_taken");
  }
  EXPECT_EQ(made, 1);
}

TEST_F(CatalogAdminTest, AnotherCurrencyIsRefusedEverywhere) {
  auto dollars = new_sku("D");
  dollars.price.currency = *Currency::parse("USD");
  EXPECT_EQ(create(new_product("Mug", {dollars})), "wrong_currency");
  const auto mug = made(new_product("Mug", {new_sku("R")}));
  EXPECT_EQ(add_sku(mug.id, dollars), "wrong_currency");
  EXPECT_EQ(update_sku(mug.skus[0].id, 1, {.price = dollars.price}), "wrong_currency");
  EXPECT_EQ(database_.number("SELECT count(*) FROM skus"), 1);
}

TEST_F(CatalogAdminTest, AChangeNamesTheVersionThatItChanges) {
  const auto mug = made(new_product("Mug", {new_sku("R")}));
  EXPECT_EQ(update(mug.id, 1, {.name = "Big mug"}), "none");
  EXPECT_EQ(update(mug.id, 1, {.name = "Small mug"}), "version_conflict");
  EXPECT_EQ(update_sku(mug.skus[0].id, 2, {.name = "red"}), "version_conflict");
  const auto without = request_for("id", mug.id.str());
  EXPECT_EQ(code(shop_.run(shop_.admin.update(without, {}))), "if_match_required");
  const auto sku_without = request_for("id", mug.skus[0].id.str());
  EXPECT_EQ(code(shop_.run(shop_.admin.update_sku(sku_without, {}))), "if_match_required");
  EXPECT_EQ(read(mug.id).name, "Big mug");
  EXPECT_EQ(read(mug.id).version, 2);
}

TEST_F(CatalogAdminTest, AChangeOfASkuIsAChangeOfItsProduct) {
  const auto mug = made(new_product("Mug", {new_sku("R")}));
  EXPECT_EQ(update_sku(mug.skus[0].id, 1, {.name = "red", .price = Money{700, *Currency::parse("EUR")}}),
            "none");
  EXPECT_EQ(add_sku(mug.id, new_sku("B")), "none");
  const auto now = read(mug.id);
  EXPECT_EQ(now.version, 3);
  EXPECT_EQ(now.skus[0].version, 2);
  EXPECT_EQ(now.skus[0].name, "red");
  EXPECT_EQ(now.skus[0].price.amount, 700);
  EXPECT_EQ(now.skus[0].weight_grams, 100);
}

TEST_F(CatalogAdminTest, WhatIsNotThereIsNotFound) {
  const auto product = ProductId::make(clock_.now());
  const auto sku = SkuId::make(clock_.now());
  EXPECT_EQ(update(product, 1, {}), "product_not_found");
  EXPECT_EQ(remove(product.str()), "product_not_found");
  EXPECT_EQ(add_sku(product, new_sku("R")), "product_not_found");
  EXPECT_EQ(update_sku(sku, 1, {}), "sku_not_found");
  EXPECT_EQ(remove_sku(sku), "sku_not_found");
  EXPECT_EQ(remove("prd_x"), "invalid_id");
  const auto request = request_for("id", product.str());
  EXPECT_EQ(code(shop_.run(shop_.admin.get(request))), "product_not_found");
}

TEST_F(CatalogAdminTest, ARemovedProductIsGoneWithItsSkusAndRemovingItAgainIsHarmless) {
  const auto mug = made(new_product("Mug", {new_sku("R", 100, 2), new_sku("B")}));
  EXPECT_EQ(remove(mug.id.str()), "none");
  EXPECT_EQ(sellable(), "false false");
  EXPECT_EQ(page(mug.id), "product_not_found");
  EXPECT_EQ(stock(mug.id), "product_not_found");
  EXPECT_EQ(update(mug.id, 2, {}), "product_not_found");
  EXPECT_EQ(update_sku(mug.skus[0].id, 1, {}), "sku_not_found");
  EXPECT_EQ(remove(mug.id.str()), "none");
  EXPECT_EQ(remove_sku(mug.skus[0].id), "none");
  EXPECT_EQ(shop_.run(shop_.products.sku(mug.skus[0].id))->live, false);
}

TEST_F(CatalogAdminTest, OnlySkusOfActiveProductsAreForSale) {
  auto draft = new_product("Mug", {new_sku("R", 100, 2)});
  draft.status = ProductStatus::draft;
  const auto mug = made(draft);
  EXPECT_EQ(sellable(), "false");
  EXPECT_EQ(update(mug.id, 1, {.status = ProductStatus::active}), "none");
  EXPECT_EQ(sellable(), "true");
  EXPECT_EQ(stock(mug.id), "2: R 2");
  EXPECT_EQ(add_sku(mug.id, new_sku("B")), "none");
  EXPECT_EQ(remove_sku(mug.skus[0].id), "none");
  EXPECT_EQ(sellable(), "false true");
  EXPECT_EQ(stock(mug.id), "0: B 0");
  EXPECT_EQ(update(mug.id, 4, {.status = ProductStatus::archived}), "none");
  EXPECT_EQ(sellable(), "false false");
  EXPECT_EQ(stock(mug.id), "product_not_found");
}

TEST_F(CatalogAdminTest, AThousandProductsAreMadeAtOnceOrNone) {
  catalog::ProductBatch batch;
  for (int i = 0; i < 1000; ++i) {
    batch.products.push_back(
        new_product("P" + std::to_string(i), {new_sku("C" + std::to_string(i), 100, 5)}));
  }
  auto request = request_for();
  request.receipt_key = receipt_key("load");
  const auto reply = shop_.run(shop_.admin.create_batch(request, batch));
  ASSERT_TRUE(reply);
  const auto& result = std::get<0>(reply->body);
  ASSERT_EQ(result.products.size(), 1000U);
  EXPECT_EQ(result.products[7].skus.at(0).code, "C7");
  EXPECT_EQ(stock(result.products[999].id), "5: C999 5");
  const auto work = [&](db::Transaction& tx) {
    return testing::find_receipt(tx, *request.receipt_key, clock_.now());
  };
  EXPECT_EQ(shop_.run(shop_.pool.read(work))->body, json::to_json(result));

  for (auto& product : batch.products) product.skus.front().code += "x";
  EXPECT_EQ(code(shop_.run(shop_.admin.create_batch(request, batch))), "idempotency_conflict");
  request.receipt_key = receipt_key("second");
  batch.products.back().skus.front().code = "C1";
  EXPECT_EQ(code(shop_.run(shop_.admin.create_batch(request, batch))), "sku_code_taken");
  EXPECT_EQ(database_.number("SELECT count(*) FROM products"), 1000);
}

TEST_F(CatalogAdminTest, TheAnswersOfCreationsAreKept) {
  auto request = request_for();
  request.receipt_key = receipt_key("mug");
  const auto mug = std::get<0>(shop_.run(shop_.admin.create(request, new_product("Mug", {})))->body);
  EXPECT_EQ(code(shop_.run(shop_.admin.create(request, new_product("Mug", {})))), "idempotency_conflict");
  auto sku_request = request_for("id", mug.id.str());
  sku_request.receipt_key = receipt_key("sku");
  EXPECT_EQ(code(shop_.run(shop_.admin.add_sku(sku_request, new_sku("R", 100, 4)))), "none");
  EXPECT_EQ(code(shop_.run(shop_.admin.add_sku(sku_request, new_sku("B")))), "idempotency_conflict");
  EXPECT_EQ(stock(mug.id), "4: R 4");
  EXPECT_EQ(database_.number("SELECT count(*) FROM receipts WHERE status = 201"), 2);
}

TEST_F(CatalogAdminTest, TheListIsReadPageByPage) {
  for (int i = 0; i < 5; ++i) made(new_product("P" + std::to_string(i), {new_sku("C" + std::to_string(i))}));
  auto draft = new_product("Draft", {});
  draft.status = ProductStatus::draft;
  made(draft);
  catalog::AdminProductQuery query;
  query.status = ProductStatus::active;
  query.limit = 2;
  std::string names;
  for (;;) {
    const http::Query<catalog::AdminProductQuery> asked{query};
    const auto reply = shop_.run(shop_.admin.list(request_for(), asked));
    const auto& page = std::get<0>(reply->body);
    for (const auto& product : page.data) names += product.name + product.skus.at(0).code + " ";
    if (!page.has_more) break;
    query.cursor = page.next_cursor;
  }
  EXPECT_EQ(names, "P4C4 P3C3 P2C2 P1C1 P0C0 ");
  query.cursor = "nonsense";
  const http::Query<catalog::AdminProductQuery> odd{query};
  EXPECT_EQ(code(shop_.run(shop_.admin.list(request_for(), odd))), "invalid_cursor");
}

}  // namespace
}  // namespace shopflow::inventory
