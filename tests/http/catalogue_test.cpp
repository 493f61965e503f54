#include "http/operations.hpp"

namespace shopflow::testing {
namespace {

class Catalogue : public ::testing::Test {
 protected:
  ~Catalogue() override {
    EXPECT_TRUE(shop.settles());
    EXPECT_EQ(shop.audit(), "0 differences\n");
  }
  // What a busy machine's Redis answers late would be read from the database anew, at another moment.
  Shop shop{{{"SHOPFLOW_REDIS_TIMEOUT_MS", "10000"}}};
  Caller staff = shop.staff("catalog");
  Caller me = shop.shopper();
};

TEST_F(Catalogue, AProductIsMadeShownChangedAndTakenOffSale) {
  const auto cup = shop.article(4);
  const auto page = "/v1/products/" + cup.product;
  const auto edit = "/v1/admin/products/" + cup.product;
  const auto shown = me.get(page);
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(me.get(page, {{"If-None-Match", shown.header("etag")}}).status, 304);
  EXPECT_EQ(me.get("/v1/products?category=cups&in_stock=true&sort=price").json().at("data").size(), 1U);
  EXPECT_EQ(me.get(page + "/inventory").json().at("available"), 4);
  const auto version = staff.get(edit).header("etag");
  EXPECT_EQ(staff.patch(edit, Json{{"name", "A mug"}}, {{"If-Match", version}}).json().at("name"), "A mug");
  expect_code(staff.patch(edit, Json{{"name", "Late"}}, {{"If-Match", version}}), 412, "version_conflict");
  EXPECT_TRUE(until([&] { return me.get(page).json().at("name") == "A mug"; }));
  EXPECT_EQ(staff.get("/v1/admin/products?status=active").json().at("data").size(), 1U);
  EXPECT_EQ(staff.del(edit).status, 204);
  EXPECT_TRUE(until([&] { return me.get(page).status == 404; }));
  expect_code(me.get(page), 404, "product_not_found");
}

TEST_F(Catalogue, WhatIsAskedForAgainIsAnsweredTheSameUntilItChanges) {
  const auto cup = shop.article(5);
  // Until then its stock may be read anew, at another moment.
  ASSERT_TRUE(shop.settles());
  const auto page = "/v1/products/" + cup.product;
  for (const auto& target : {page, page + "/inventory", std::string{"/v1/products?limit=20&sort=name"}}) {
    const auto first = me.get(target);
    const auto again = me.get(target);
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.header("etag"), first.header("etag"));
    EXPECT_EQ(again.header("content-type"), "application/json");
    EXPECT_EQ(again.header("cache-control"), first.header("cache-control"));
  }
  const auto tag = me.get(page).header("etag");
  EXPECT_EQ(me.get(page, {{"If-None-Match", tag}}).status, 304);
  const auto renamed = staff.patch("/v1/admin/products/" + cup.product, Json{{"name", "Another cup"}},
                                   Fields{{"If-Match", tag}});
  EXPECT_EQ(renamed.status, 200) << renamed.body;
  EXPECT_EQ(me.get(page, {{"If-None-Match", tag}}).status, 200);
  EXPECT_EQ(me.get(page).json().at("name"), "Another cup");
  EXPECT_EQ(staff.post(cup.stock("/receive"), Json{{"quantity", 2}}).status, 200);
  EXPECT_NE(me.get(page + "/inventory").body.find(R"("available":7)"), std::string::npos);
}

TEST_F(Catalogue, WhateverHasVersionsIsNotSentAgainToWhoeverHasTheCurrentOne) {
  const auto cup = shop.article(1);
  ASSERT_TRUE(shop.settles());
  std::set<std::string> tried;
  for (const auto& operation : operations(shop.contract)) {
    if (!operation.about.at("responses").contains("304")) continue;
    SCOPED_TRACE(operation.method + " " + operation.path);
    EXPECT_TRUE(operation.has_header("If-None-Match"));
    const auto target = operation.target(cup.product);
    const auto first = staff.get(target);
    const auto tag = first.header("etag");
    ASSERT_EQ(first.status, 200) << first.body;
    const auto again = staff.get(target, {{"If-None-Match", "\"other\", W/" + tag}});
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(again.header("etag"), tag);
    EXPECT_EQ(staff.get(target, {{"If-None-Match", "\"other\""}}).body, first.body);
    tried.insert(operation.path);
  }
  EXPECT_EQ(tried, (std::set<std::string>{"/openapi.json", "/v1/products/{id}", "/v1/admin/products/{id}"}));
}

TEST_F(Catalogue, WhoeverChangesAVersionIsToldTheNext) {
  const auto cup = shop.article(1);
  int tried = 0;
  for (const auto& operation : operations(shop.contract)) {
    if (!operation.has_header("If-Match", true)) continue;
    SCOPED_TRACE(operation.method + " " + operation.path);
    const auto target =
        operation.target(operation.path.starts_with("/v1/admin/skus") ? cup.sku : cup.product);
    const auto change = [&](const std::string& name, const std::string& version) {
      return staff.patch(target, Json{{"name", name}}, {{"If-Match", version}});
    };
    const auto first = change("One", "\"1\"");
    // A product counts the changes of its SKUs too, so it may be further.
    const auto version = first.status == 412 ? staff.get(target).header("etag") : first.header("etag");
    const auto second = change("Two", version);
    EXPECT_EQ(second.status, 200) << second.body;
    EXPECT_NE(second.header("etag"), version);
    expect_code(change("Three", version), 412, "version_conflict");
    EXPECT_EQ(change("Three", second.header("etag")).status, 200);
    ++tried;
  }
  EXPECT_EQ(tried, 2);
}

TEST_F(Catalogue, SkusAreAddedChangedAndTakenAwayAndTheirCodesAreTheirs) {
  const auto cup = shop.article(1, {{"code", "CUP"}});
  const auto skus = "/v1/admin/products/" + cup.product + "/skus";
  const Json red{{"code", "RED"}, {"price", euros(500)}};
  const auto made = staff.post(skus, red);
  ASSERT_EQ(made.status, 201) << made.body;
  expect_code(staff.post(skus, red), 409, "sku_code_taken");
  const auto sku = "/v1/admin/skus/" + made.json().at("id").get<std::string>();
  const Fields version{{"If-Match", made.header("etag")}};
  expect_code(staff.patch(sku, Json{{"code", "CUP"}}, version), 409, "sku_code_taken");
  EXPECT_EQ(staff.patch(sku, Json{{"price", euros(600)}}, version).json().at("price").at("amount"), 600);
  expect_code(staff.patch(sku, Json{{"price", euros(700)}}, version), 412, "version_conflict");
  EXPECT_EQ(staff.del(sku).status, 204);
  const Json product{
      {"name", "B"}, {"category", "cups"}, {"skus", Json::array({{{"code", "CUP"}, {"price", euros(1)}}})}};
  expect_code(staff.post("/v1/admin/products", product), 409, "sku_code_taken");
  expect_code(staff.post("/v1/admin/products/batch", Json{{"products", Json::array({product})}}), 409,
              "sku_code_taken");
  const Json other{{"name", "B"}, {"category", "cups"}};
  EXPECT_EQ(staff.post("/v1/admin/products/batch", Json{{"products", Json::array({other, other})}}).status,
            201);
}

TEST_F(Catalogue, StockIsReceivedCountedAdjustedAndNeverLessThanWhatIsHeld) {
  const auto cup = shop.article(5);
  (void)shop.cart_with(cup, 3);
  EXPECT_EQ(staff.post(cup.stock("/receive"), Json{{"quantity", 2}}).json().at("on_hand"), 7);
  EXPECT_EQ(staff.post(cup.stock("/adjust"), Json{{"delta", -4}, {"reason", "lost"}}).json().at("available"),
            0);
  expect_code(staff.post(cup.stock("/adjust"), Json{{"delta", -1}, {"reason", "lost"}}), 409,
              "stock_conflict");
  expect_code(staff.post(cup.stock("/count"), Json{{"on_hand", 2}}), 409, "stock_conflict");
  EXPECT_EQ(staff.post(cup.stock("/count"), Json{{"on_hand", 9}}).json().at("available"), 6);
  EXPECT_EQ(staff.patch(cup.stock(), Json{{"low_stock_at", 4}}).json().at("low_stock_at"), 4);
  EXPECT_GE(staff.get(cup.stock("/ledger")).json().at("data").size(), 4U);
}

TEST_F(Catalogue, ARepeatedRequestGetsTheFirstAnswerAndDoesNothing) {
  const auto cup = shop.article(5);
  const Fields key{fresh_key()};
  const auto first = staff.post(cup.stock("/receive"), Json{{"quantity", 2}}, key);
  const auto again = staff.post(cup.stock("/receive"), Json{{"quantity", 2}}, key);
  EXPECT_EQ(again.status, first.status);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("idempotent-replayed"), "true");
  expect_code(staff.post(cup.stock("/receive"), Json{{"quantity", 3}}, key), 422, "idempotency_key_reused");
  EXPECT_EQ(shop.stock_of(cup).at("on_hand"), 7);
}

TEST_F(Catalogue, OperatorsSeeHowItGoes) {
  EXPECT_EQ(me.get("/livez").body, "ok\n");
  // Redis may be reached a little later than the first request comes.
  EXPECT_TRUE(until([&] { return me.get("/readyz").json().at("state") == "ready"; }));
  EXPECT_NE(me.get("/metrics").body.find("# TYPE"), std::string::npos);
  const auto cup = shop.article(1);
  ASSERT_TRUE(shop.settles());
  auto admin = shop.staff();
  const auto event = admin.get("/v1/admin/events?limit=1").json().at("data").at(0);
  const auto position = event.at("position").get<std::int64_t>();
  EXPECT_EQ(admin.get("/v1/admin/events/" + std::to_string(position)).json().at("event").at("id"),
            event.at("id"));
  EXPECT_EQ(admin.get("/v1/admin/dead-letters").json().at("data").size(), 0U);
  const Json range{{"handler", "analytics"}, {"first", 1}, {"last", position}};
  EXPECT_EQ(admin.post("/v1/admin/events/replay", range).status, 200);
  expect_code(
      admin.post("/v1/admin/events/replay", Json{{"handler", "analytics"}, {"first", 2}, {"last", 1}}), 422,
      "replay_range");
  shop.server.database().sql(
      "UPDATE events SET occurred_at = occurred_at - interval '91 days' WHERE position = 1");
  expect_code(
      admin.post("/v1/admin/events/replay", Json{{"handler", "email"}, {"first", 1}, {"last", position}}),
      422, "replay_too_old");
}

}  // namespace
}  // namespace shopflow::testing
