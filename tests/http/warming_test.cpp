#include "http/shop.hpp"

namespace shopflow::testing {
namespace {

double metric(Shop& shop, const std::string& name) {
  const auto text = shop.server.client().get("/metrics").body;
  const auto at = text.find('\n' + name + ' ');
  return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

double stock_reads(Shop& shop, const std::string& found) {
  return metric(shop, R"(shopflow_cache_reads_total{cache="stock",found=")" + found + R"("})");
}

/// Of products that were there when the server began.
bool is_warm(Shop& shop) {
  return until([&] { return metric(shop, R"(shopflow_cache_warming_rounds_total{cache="stock"})") >= 1; });
}

std::string inventory(const Article& article) { return "/v1/products/" + article.product + "/inventory"; }

/// A server that knows of the shop nothing but its database, as after a restart with an empty Redis.
Shop restarted(const Shop& before) {
  return Shop{{{"SHOPFLOW_REDIS_PREFIX", unique_name("empty") + ":"}}, before.server.shared_database()};
}

TEST(Warming, AfterARestartEveryReadOfStockIsAnsweredByTheProcess) {
  auto first = std::make_unique<Shop>();
  std::vector<Article> articles;
  for (int i = 0; i < 30; ++i) articles.push_back(first->article(i));
  ASSERT_TRUE(first->settles());
  auto second = restarted(*first);
  first.reset();
  ASSERT_TRUE(is_warm(second));
  EXPECT_EQ(metric(second, R"(shopflow_cache_entries{cache="stock"})"), 30);
  auto me = second.shopper();
  const auto before = stock_reads(second, "process");
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(me.get(inventory(articles[static_cast<std::size_t>(i)])).json().at("available"), i);
  }
  EXPECT_EQ(stock_reads(second, "process") - before, 30);
  EXPECT_EQ(stock_reads(second, "redis"), 0);
  EXPECT_EQ(stock_reads(second, "database"), 0);
}

TEST(Warming, WhatChangesIsSeenAtOnce) {
  Shop first;
  const auto held = first.article(50);
  const auto archived = first.article(5);
  const auto deleted = first.article(5);
  ASSERT_TRUE(first.settles());
  auto shop = restarted(first);
  // The first holds are made while it reads ahead.
  auto me = shop.shopper();
  for (int left = 49; left >= 0; --left) {
    (void)shop.cart_with(held, 1);
    ASSERT_EQ(me.get(inventory(held)).json().at("available"), left);
  }
  ASSERT_TRUE(is_warm(shop));
  auto staff = shop.staff();
  const auto version = [&](const Article& article) {
    return Fields{{"If-Match", staff.get("/v1/admin/products/" + article.product).header("etag")}};
  };
  EXPECT_EQ(me.get(inventory(archived)).json().at("available"), 5);
  EXPECT_EQ(
      staff.patch("/v1/admin/products/" + archived.product, Json{{"status", "archived"}}, version(archived))
          .status,
      200);
  expect_code(me.get(inventory(archived)), 404, "product_not_found");
  EXPECT_EQ(me.get(inventory(deleted)).json().at("available"), 5);
  EXPECT_EQ(staff.del("/v1/admin/products/" + deleted.product, version(deleted)).status, 204);
  expect_code(me.get(inventory(deleted)), 404, "product_not_found");
  const auto made = shop.article(7);
  EXPECT_EQ(me.get(inventory(made)).json().at("available"), 7);
}

TEST(Warming, NoMoreIsKeptThanTheSettingAllows) {
  Shop first;
  std::vector<Article> articles;
  for (int i = 0; i < 12; ++i) articles.push_back(first.article(i));
  Shop small{{{"SHOPFLOW_CACHE_STOCK_ENTRIES_MAX", "5"}}, first.server.shared_database()};
  ASSERT_TRUE(is_warm(small));
  EXPECT_EQ(metric(small, R"(shopflow_cache_entries{cache="stock"})"), 5);
  auto me = small.shopper();
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(me.get(inventory(articles[static_cast<std::size_t>(i)])).json().at("available"), i);
  }
}

}  // namespace
}  // namespace shopflow::testing
