#include "shopflow/catalog/shapes.hpp"

#include <gtest/gtest.h>

namespace shopflow::catalog {
namespace {

/// "code pointer code" of the first complaint, or "none".
template <class T>
std::string complaint(const std::string& body) {
  const auto read = json::read<T>(body);
  if (read) return "none";
  const auto& error = read.error();
  if (error.fields.empty()) return error.code;
  return error.code + " " + error.fields.front().pointer + " " + error.fields.front().code;
}

std::string product(const std::string& members) {
  return R"({"name":"Mug","category":"mugs")" + (members.empty() ? "" : "," + members) + "}";
}
std::string sku(const std::string& members) {
  return R"({"code":"R","price":{"amount":5,"currency":"EUR"})" + (members.empty() ? "" : "," + members) +
         "}";
}

TEST(NewProductShape, WhatMayBeLeftOutHasItsDefault) {
  const auto read = json::read<NewProduct>(product(R"("skus":[)" + sku("") + "]"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->status, ProductStatus::active);
  EXPECT_EQ(read->description, "");
  EXPECT_EQ(read->skus.at(0).initial_stock, 0);
  EXPECT_EQ(read->skus.at(0).name, "");
}

TEST(NewProductShape, WhatIsMalformedIsRefused) {
  EXPECT_EQ(complaint<NewProduct>("{"), "invalid_json");
  EXPECT_EQ(complaint<NewProduct>("[]"), "invalid_request  wrong_type");
  EXPECT_EQ(complaint<NewProduct>(R"({"name":"Mug"})"), "invalid_request /category required");
  EXPECT_EQ(complaint<NewProduct>(product(R"("colour":"red")")), "invalid_request /colour unknown_field");
  EXPECT_EQ(complaint<NewProduct>(product(R"("description":7)")), "invalid_request /description wrong_type");
  EXPECT_EQ(complaint<NewProduct>(product(R"("status":"sold")")), "validation_failed /status not_allowed");
  EXPECT_EQ(complaint<NewProduct>(R"({"name":"","category":"mugs"})"), "validation_failed /name too_short");
  EXPECT_EQ(complaint<NewProduct>(R"({"name":" x","category":"mugs"})"),
            "validation_failed /name invalid_format");
  EXPECT_EQ(complaint<NewProduct>(R"({"name":"x","category":"My mugs"})"),
            "validation_failed /category invalid_format");
}

TEST(NewSkuShape, QuantitiesAndPricesHaveLimits) {
  EXPECT_EQ(complaint<NewSku>(sku(R"("initial_stock":-1)")), "validation_failed /initial_stock out_of_range");
  EXPECT_EQ(complaint<NewSku>(sku(R"("initial_stock":100000001)")),
            "validation_failed /initial_stock out_of_range");
  EXPECT_EQ(complaint<NewSku>(sku(R"("initial_stock":1.5)")), "invalid_request /initial_stock wrong_type");
  EXPECT_EQ(complaint<NewSku>(sku(R"("weight_grams":-1)")), "validation_failed /weight_grams out_of_range");
  EXPECT_EQ(complaint<NewSku>(sku(R"("low_stock_at":-1)")), "validation_failed /low_stock_at out_of_range");
  EXPECT_EQ(complaint<NewSku>(R"({"code":"R","price":{"amount":-1,"currency":"EUR"}})"),
            "validation_failed /price/amount out_of_range");
  EXPECT_EQ(complaint<NewSku>(R"({"code":"R","price":{"amount":1,"currency":"euro"}})"),
            "validation_failed /price/currency invalid_format");
  EXPECT_EQ(complaint<NewSku>(R"({"code":"R","price":1})"), "invalid_request /price wrong_type");
  EXPECT_EQ(complaint<NewSku>(R"({"code":"","price":{"amount":1,"currency":"EUR"}})"),
            "validation_failed /code too_short");
}

TEST(ProductBatchShape, ABatchHasFromOneToAThousandProducts) {
  EXPECT_EQ(complaint<ProductBatch>(R"({"products":[]})"), "validation_failed /products too_few");
  std::string many = product("");
  for (int i = 0; i < 1000; ++i) many += "," + product("");
  EXPECT_EQ(complaint<ProductBatch>(R"({"products":[)" + many + "]}"),
            "validation_failed /products too_many");
}

TEST(ProductQueryShape, FiltersHaveLimits) {
  const auto code = [](const json::QueryPairs& pairs) {
    const auto read = json::read_query<ProductQuery>(pairs);
    return read ? "none" : read.error().fields.front().pointer + " " + read.error().fields.front().code;
  };
  EXPECT_EQ(code({{"sort", "price"}, {"in_stock", "true"}, {"limit", "100"}}), "none");
  EXPECT_EQ(code({{"limit", "0"}}), "/query/limit out_of_range");
  EXPECT_EQ(code({{"limit", "101"}}), "/query/limit out_of_range");
  EXPECT_EQ(code({{"sort", "random"}}), "/query/sort not_allowed");
  EXPECT_EQ(code({{"price_min", "-1"}}), "/query/price_min out_of_range");
  EXPECT_EQ(code({{"color", "red"}}), "/query/color unknown_field");
}

}  // namespace
}  // namespace shopflow::catalog
