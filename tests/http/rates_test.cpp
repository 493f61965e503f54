#include <csignal>

#include "http/operations.hpp"

namespace shopflow::testing {
namespace {

/// So few of everything that the second request of a kind is one too many.
Settings narrow() {
  return {{"SHOPFLOW_LIMITS_EXEMPT_LOOPBACK", "false"},  {"SHOPFLOW_LIMITS_READS_PER_MIN", "1"},
          {"SHOPFLOW_LIMITS_CHANGES_PER_MIN", "1"},      {"SHOPFLOW_LIMITS_CHECKOUTS_PER_MIN", "1"},
          {"SHOPFLOW_LIMITS_NOTICES_PER_MIN", "1"},      {"SHOPFLOW_LIMITS_FAILED_KEYS_PER_MIN", "1"},
          {"SHOPFLOW_LIMITS_CART_CHANGES_PER_MIN", "1"}, {"SHOPFLOW_LIMITS_CART_CHECKOUTS_PER_MIN", "1"}};
}

void expect_too_many(const Answer& answer, const std::string& policy) {
  expect_code(answer, 429, "too_many_requests");
  EXPECT_GT(std::stoi(answer.header("retry-after")), 0);
  EXPECT_EQ(answer.header("ratelimit"), '"' + policy + "\";r=0;t=" + answer.header("retry-after"));
  EXPECT_TRUE(answer.header("ratelimit-policy").starts_with('"' + policy + "\";q="))
      << answer.header("ratelimit-policy");
}

TEST(Rates, EveryOperationThatNeedsNoLoginIsLimitedByAddressAndSoAreWrongKeys) {
  Shop shop{narrow()};
  auto client = shop.shopper();
  int refused = 0;
  for (const auto& operation : operations(shop.contract)) {
    SCOPED_TRACE(operation.method + " " + operation.path);
    Answer answer;
    for (int i = 0; i < 2; ++i) {
      answer = client.request(operation.method, operation.target(), {},
                              {{"Authorization", "Bearer sfk_" + std::string(52, 'a')}});
    }
    if (operation.path == "/livez" || operation.path == "/readyz") {
      EXPECT_EQ(answer.status, 200);
      EXPECT_FALSE(operation.tells_of("too_many_requests"));
      continue;
    }
    ++refused;
    expect_code(answer, 429, "too_many_requests");
    EXPECT_NE(answer.header("ratelimit"), "");
  }
  EXPECT_GE(refused, 60);
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

TEST(Rates, WrongKeysFromAnAddressKeepNobodyOutWhoHasARightOne) {
  Shop shop{narrow()};
  auto client = shop.shopper();
  const auto show = [&](char letter) {
    return client.get("/v1/admin/keys", {{"Authorization", "Bearer sfk_" + std::string(52, letter)}});
  };
  expect_code(show('a'), 401, "key_unknown");
  for (const char letter : {'b', 'c', 'd', 'e'}) expect_too_many(show(letter), "failed-keys-per-address");
  auto admin = shop.staff();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(admin.get("/v1/admin/keys").status, 200);
  expect_too_many(show('f'), "failed-keys-per-address");
}

/// Whatever the limit of their address is: they might come from many.
TEST(Rates, KeysDrawnAtRandomTakeNothingFromThoseWhoHaveOne) {
  Shop shop{{{"SHOPFLOW_DATABASE_CONNECTIONS", "1"}, {"SHOPFLOW_DATABASE_QUEUE_MAX", "6"}}};
  auto admin = shop.staff();
  std::vector<std::jthread> strangers;
  for (int i = 0; i < 48; ++i) {
    strangers.emplace_back([&shop, i](const std::stop_token& enough) {
      auto client = shop.server.client();
      for (int n = 0; !enough.stop_requested(); ++n) {
        auto guess = std::to_string(i * 1'000'000 + n);
        guess.insert(0, 52 - guess.size(), 'a');
        const auto answer = client.get("/v1/admin/keys", {{"Authorization", "Bearer sfk_" + guess}});
        EXPECT_TRUE(answer.status == 401 || answer.status == 429) << answer.body;
      }
    });
  }
  auto newcomer = shop.staff("support");
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(admin.get("/v1/admin/keys").status, 200);
    ASSERT_EQ(newcomer.get("/v1/admin/orders").status, 200);
  }
}

/// Many shoppers may share one address, and none of them may lose an order by it.
TEST(Rates, CheckoutsOfAnAddressAre120AMinuteWhereNobodyHasSaidOtherwise) {
  Shop shop{{{"SHOPFLOW_LIMITS_EXEMPT_LOOPBACK", "false"}}};
  auto client = shop.shopper();
  const auto check_out = [&] {
    return client.post("/v1/carts/" + nobody("crt") + "/checkout", checkout_body(), {fresh_key()});
  };
  const auto began = std::chrono::steady_clock::now();
  int passed = 0;
  auto answer = check_out();
  for (; answer.status != 429; answer = check_out()) {
    expect_code(answer, 401, "secret_required");
    ++passed;
    // Two more may pass in each second that goes by, however slow the machine is.
    const auto took = std::chrono::steady_clock::now() - began;
    ASSERT_LE(passed, 121 + 2 * std::chrono::duration_cast<std::chrono::seconds>(took).count() + 2);
  }
  EXPECT_GE(passed, 120);
  expect_too_many(answer, "checkouts-per-address");
  EXPECT_EQ(client.get("/v1/products").status, 200);
}

TEST(Rates, OneCartIsLimitedWhereverItIsAskedForFromButOnlyByThoseWhoHoldItsSecret) {
  Shop shop{{{"SHOPFLOW_LIMITS_EXEMPT_LOOPBACK", "false"},
             {"SHOPFLOW_HTTP_PROXIES", "127.0.0.1"},
             {"SHOPFLOW_LIMITS_CART_CHANGES_PER_MIN", "3"}}};
  const auto cup = shop.article(100);
  const auto cart = shop.cart_with(cup, 1);  // one of the three
  auto client = shop.shopper();
  const Json items{{"items", Json::array({{{"sku_id", cup.sku}, {"quantity", 1}}})}};
  for (int i = 0; i < 10; ++i) {
    expect_code(client.post(cart.cart("/items"), items, {{"Shopflow-Secret", "guess"}}), 403,
                "secret_mismatch");
  }
  const auto from = [&](const std::string& address) {
    auto fields = cart.headers();
    fields.emplace_back("X-Forwarded-For", address);
    return client.post(cart.cart("/items"), items, fields);
  };
  EXPECT_EQ(from("198.51.100.1").status, 200);
  EXPECT_EQ(from("198.51.100.2").status, 200);
  expect_too_many(from("198.51.100.3"), "changes-per-cart");
  EXPECT_EQ(shop.cart_with(cup, 1).id.empty(), false);
}

TEST(Rates, AClientBehindAProxyIsTheOneThatTheProxyNames) {
  auto settings = narrow();
  settings["SHOPFLOW_HTTP_PROXIES"] = "127.0.0.0/8,10.0.0.0/8";
  Shop shop{settings};
  auto client = shop.shopper();
  const auto read = [&](const std::string& forwarded) {
    return client.get("/v1/products", {{"X-Forwarded-For", forwarded}});
  };
  EXPECT_EQ(read("198.51.100.1").status, 200);
  EXPECT_EQ(read("198.51.100.2").status, 200);
  expect_too_many(read("198.51.100.1"), "reads-per-address");
  // What a client has written itself stands on the left of what the proxy adds.
  expect_too_many(read("203.0.113.77, 198.51.100.1"), "reads-per-address");
  expect_too_many(read("198.51.100.1, 10.1.1.1"), "reads-per-address");
  EXPECT_NE(shop.server.log().find("\"remote\":\"198.51.100.1\""), std::string::npos);
}

TEST(Rates, WhoeverMayUseTheUnixSocketNamesItsClients) {
  Shop shop{narrow()};
  RawConnection proxy{shop.server.socket()};
  const auto list = [&](const std::string& client) {
    proxy.send("GET /v1/products HTTP/1.1\r\nHost: shop\r\nX-Forwarded-For: " + client + "\r\n\r\n");
    return proxy.receive();
  };
  EXPECT_EQ(list("198.51.100.7").status, 200);
  expect_too_many(list("198.51.100.7"), "reads-per-address");
  EXPECT_EQ(list("198.51.100.8").status, 200);
  EXPECT_NE(shop.server.log().find("serving at " + shop.server.socket()), std::string::npos);
}

TEST(Rates, WhoNamesClientsAndIsNoProxyIsToldOfInTheLog) {
  Shop shop{narrow()};
  auto client = shop.shopper();
  (void)client.get("/v1/products", {{"X-Forwarded-For", "198.51.100.1"}});
  EXPECT_EQ(shop.server.stop(SIGTERM), 0);
  EXPECT_NE(shop.server.log().find(R"("level":"warning","msg":"127.0.0.1 names clients in X-Forwarded-For)"),
            std::string::npos)
      << shop.server.log();
}

TEST(Rates, AnIdempotencyKeyThatWasRefusedForItsRateIsStillFresh) {
  Shop shop{{{"SHOPFLOW_LIMITS_EXEMPT_LOOPBACK", "false"},
             {"SHOPFLOW_HTTP_PROXIES", "127.0.0.1"},
             {"SHOPFLOW_LIMITS_CHANGES_PER_MIN", "1"}}};
  auto client = shop.shopper();
  const auto key = fresh_key();
  EXPECT_EQ(client.post("/v1/carts", Json::object(), {fresh_key()}).status, 201);
  expect_too_many(client.post("/v1/carts", Json::object(), {key}), "changes-per-address");
  const auto made = client.post("/v1/carts", Json::object(), {key, {"X-Forwarded-For", "198.51.100.2"}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.header("idempotent-replayed"), "");
}

}  // namespace
}  // namespace shopflow::testing
