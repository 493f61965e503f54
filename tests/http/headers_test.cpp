#include "http/operations.hpp"

namespace shopflow::testing {
namespace {

constexpr const char* kShop = "https://shop.example";

void expect_safe(const Answer& answer) {
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer.header("referrer-policy"), "no-referrer");
  EXPECT_NE(answer.header("content-security-policy").find("default-src 'none'"), std::string::npos);
  EXPECT_NE(answer.header("content-security-policy").find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_NE(answer.header("content-security-policy").find("base-uri 'none'"), std::string::npos);
  for (const auto* banner : {"server", "x-powered-by", "via", "access-control-allow-credentials"}) {
    EXPECT_EQ(answer.header(banner), "") << banner;
  }
}

class Headers : public ::testing::Test {
 protected:
  Shop shop{{{"SHOPFLOW_HTTP_CORS_ORIGINS", std::string{kShop} + ",https://admin.example:8443"}}};
};

TEST_F(Headers, EveryAnswerTellsBrowsersToBeCareful) {
  auto client = shop.shopper();
  for (const auto& operation : operations(shop.contract)) {
    SCOPED_TRACE(operation.method + " " + operation.path);
    const auto answer = client.request(operation.method, operation.target());
    expect_safe(answer);
    EXPECT_EQ(answer.header("strict-transport-security"), "");
    if (answer.status >= 400) EXPECT_EQ(answer.header("cache-control"), "no-store");
  }
  expect_safe(shop.server.client().get("/nowhere"));
}

TEST_F(Headers, WhatIsSomebodysOwnIsNotKeptByAnybody) {
  const auto cup = shop.article(3);
  const auto cart = shop.cart_with(cup, 1);
  const auto order = shop.order(cup, 1);
  auto client = shop.shopper();
  auto staff = shop.staff();
  EXPECT_EQ(client.get(cart.cart(), cart.headers()).header("cache-control"), "no-store");
  EXPECT_EQ(client.get(order.order(), order.headers()).header("cache-control"), "no-store");
  EXPECT_EQ(client.get(order.order("/timeline"), order.headers()).header("cache-control"), "no-store");
  EXPECT_EQ(staff.get(order.staff()).header("cache-control"), "no-store");
  EXPECT_EQ(staff.get("/v1/admin/orders").header("cache-control"), "no-store");
  EXPECT_EQ(staff.get("/v1/admin/keys").header("cache-control"), "no-store");
}

TEST_F(Headers, ThePageOfTheDescriptionMayRunItsOwnScriptAndNothingElse) {
  const auto policy = shop.server.client().get("/docs").header("content-security-policy");
  EXPECT_NE(policy.find("script-src 'sha256-"), std::string::npos) << policy;
  EXPECT_EQ(policy.find("unsafe"), std::string::npos) << policy;
  EXPECT_EQ(policy.find('*'), std::string::npos) << policy;
}

TEST_F(Headers, TraceIsOff) {
  for (const auto* method : {"TRACE", "TRACK", "CONNECT"}) {
    const auto answer = shop.server.client().send(method, "/v1/products", "", {});
    EXPECT_EQ(answer.status, 501) << method;
    expect_safe(answer);
  }
}

TEST_F(Headers, APageOfAListedOriginMayReadAnswersAndNoOther) {
  auto client = shop.server.client();
  const auto allowed = client.get("/v1/products", {{"Origin", kShop}});
  EXPECT_EQ(allowed.header("access-control-allow-origin"), kShop);
  EXPECT_EQ(allowed.header("vary"), "Origin");
  EXPECT_NE(allowed.header("access-control-expose-headers").find("RateLimit"), std::string::npos);
  EXPECT_EQ(allowed.header("access-control-allow-credentials"), "");
  for (const auto* origin :
       {"http://shop.example", "https://shop.example.evil.example", "https://evil.example", "null",
        "https://SHOP.example", "https://shop.example:443", "*", ""}) {
    const auto answer = client.get("/v1/products", {{"Origin", origin}});
    EXPECT_EQ(answer.status, 200) << origin;
    EXPECT_EQ(answer.header("access-control-allow-origin"), "") << origin;
    EXPECT_EQ(answer.header("vary"), "Origin") << origin;
  }
}

TEST_F(Headers, AListedOriginIsToldBeforehandWhatItMaySend) {
  auto client = shop.server.client();
  const auto preflight = [&](const std::string& origin) {
    return client.request("OPTIONS", "/v1/carts", {},
                          {{"Origin", origin},
                           {"Access-Control-Request-Method", "POST"},
                           {"Access-Control-Request-Headers", "content-type"}});
  };
  const auto allowed = preflight("https://admin.example:8443");
  EXPECT_EQ(allowed.status, 204);
  EXPECT_EQ(allowed.header("access-control-allow-origin"), "https://admin.example:8443");
  EXPECT_NE(allowed.header("access-control-allow-methods").find("POST"), std::string::npos);
  EXPECT_NE(allowed.header("access-control-allow-headers").find("Shopflow-Secret"), std::string::npos);
  const auto refused = preflight("https://evil.example");
  EXPECT_EQ(refused.header("access-control-allow-origin"), "");
  EXPECT_EQ(refused.header("access-control-allow-methods"), "");
}

TEST(HeadersBehindTls, AreToldToStayThereWhereAskedFor) {
  Shop shop{{{"SHOPFLOW_HTTP_HSTS", "true"}}};
  auto client = shop.server.client();
  for (const auto* path : {"/v1/products", "/nowhere", "/docs"}) {
    EXPECT_EQ(client.get(path).header("strict-transport-security"), "max-age=31536000") << path;
  }
}

TEST(HeadersOrigins, ThatAreNoneAreRefusedAtTheStart) {
  for (const auto* origin :
       {"*", "https://*.shop.example", "https://shop.example/", "shop.example", "null"}) {
    EXPECT_ANY_THROW((TestServer{{{"SHOPFLOW_HTTP_CORS_ORIGINS", origin}}})) << origin;
  }
}

}  // namespace
}  // namespace shopflow::testing
