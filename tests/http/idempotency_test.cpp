#include <semaphore>

#include "http/operations.hpp"
#include "http/table_lock.hpp"

namespace shopflow::testing {
namespace {

/// One request that is carried out, and one that differs from it in nothing but what it asks for.
struct Sample {
  std::string target;
  std::optional<Json> body;
  Fields headers;
  std::string other_target;
  std::optional<Json> other_body;
};

class Idempotency : public ::testing::Test {
 protected:
  ~Idempotency() override {
    EXPECT_TRUE(shop.settles());
    EXPECT_EQ(shop.audit(), "0 differences\n");
  }

  [[nodiscard]] Sample sample(const std::string& path) {
    const auto same_place = [](std::string target, Json body, Json other, Fields headers = {}) {
      return Sample{target, std::move(body), std::move(headers), target, std::move(other)};
    };
    const auto of_staff = [](const Owned& one, const Owned& other, const std::string& rest,
                             std::optional<Json> body = {}) {
      return Sample{one.staff(rest), body, {}, other.staff(rest), body};
    };
    if (path == "/v1/carts") return same_place(path, Json::object(), {{"a", 1}});
    if (path == "/v1/carts/{id}/items") {
      const auto cart = shop.cart();
      return same_place(cart.cart("/items"), cup.items(1), cup.items(2), cart.headers());
    }
    if (path == "/v1/carts/{id}/checkout") {
      const auto cart = shop.cart_with(cup, 1);
      return same_place(cart.cart("/checkout"), checkout_body(), checkout_body("manual"), cart.headers());
    }
    if (path == "/v1/orders/{id}/payments") {
      const auto order = shop.order(cup, 1);
      return same_place(order.order("/payments"), Json{{"payment_method", "pm_card_visa"}},
                        Json{{"payment_method", "pm_card_mastercard"}}, order.headers());
    }
    if (path == "/v1/orders/{id}/cancel") {
      const auto order = shop.order(cup, 1);
      return same_place(order.order("/cancel"), Json::object(), Json{{"reason", "late"}}, order.headers());
    }
    if (path == "/v1/admin/products") return same_place(path, product("A"), product("B"));
    if (path == "/v1/admin/products/batch")
      return same_place(path, Json{{"products", Json::array({product("A")})}},
                        Json{{"products", Json::array({product("B")})}});
    if (path == "/v1/admin/products/{id}/skus") {
      const Json sku{{"code", unique_name("C")}, {"price", euros(100)}};
      auto other = sku;
      other["price"] = euros(200);
      return same_place("/v1/admin/products/" + cup.product + "/skus", sku, other);
    }
    if (path == "/v1/admin/stock/{sku}/receive")
      return same_place(cup.stock("/receive"), Json{{"quantity", 1}}, Json{{"quantity", 2}});
    if (path == "/v1/admin/stock/{sku}/adjust")
      return same_place(cup.stock("/adjust"), Json{{"delta", 1}, {"reason", "found"}},
                        Json{{"delta", 2}, {"reason", "found"}});
    if (path == "/v1/admin/stock/{sku}/count") {
      const auto bowl = shop.article(5);
      return same_place(bowl.stock("/count"), Json{{"on_hand", 6}}, Json{{"on_hand", 7}});
    }
    if (path == "/v1/admin/orders/{id}/cancel")
      return of_staff(shop.order(cup, 1), shop.order(cup, 1), "/cancel", Json{{"reason", "late"}});
    if (path == "/v1/admin/orders/{id}/mark-paid")
      return of_staff(shop.order(cup, 1, "manual"), shop.order(cup, 1, "manual"), "/mark-paid");
    if (path == "/v1/admin/orders/{id}/refunds") {
      const auto order = shop.paid(cup, 1);
      return same_place(order.staff("/refunds"), Json{{"amount", euros(100)}, {"reason", "late"}},
                        Json{{"amount", euros(200)}, {"reason", "late"}});
    }
    if (path == "/v1/admin/orders/{id}/shipments") {
      const auto order = shop.packed(cup, 1);
      return same_place(order.staff("/shipments"),
                        Json{{"carrier", "dhl"}, {"tracking_number", unique_name("T")}},
                        Json{{"carrier", "dhl"}, {"tracking_number", unique_name("T")}});
    }
    throw std::logic_error{"there is no request for " + path};
  }

  [[nodiscard]] static Json product(const std::string& name) {
    return {{"name", name}, {"category", "cups"}};
  }

  Answer send(const Operation& operation, const std::string& target, const std::optional<Json>& body,
              Fields headers, const std::pair<std::string, std::string>& key) {
    headers.push_back(key);
    auto caller = operation.wants_staff() ? shop.staff() : shop.shopper();
    return caller.request(operation.method, target, body, headers);
  }

  Shop shop{patient()};
  Article cup = shop.article(50);
};

TEST_F(Idempotency, EveryRequestThatIsRepeatedGetsTheFirstAnswerToTheByte) {
  int repeated = 0;
  for (const auto& operation : operations(shop.contract)) {
    if (!operation.has_header("Idempotency-Key")) continue;
    SCOPED_TRACE(operation.method + " " + operation.path);
    const auto key = fresh_key();
    const auto about = sample(operation.path);
    const auto first = send(operation, about.target, about.body, about.headers, key);
    ASSERT_LT(first.status, 300) << first.body;
    EXPECT_EQ(first.header("idempotent-replayed"), "");
    const auto again = send(operation, about.target, about.body, about.headers, key);
    EXPECT_EQ(again.status, first.status);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.header("content-type"), first.header("content-type"));
    EXPECT_EQ(again.header("idempotent-replayed"), "true");
    expect_code(send(operation, about.other_target, about.other_body, about.headers, key), 422,
                "idempotency_key_reused");
    ++repeated;
  }
  EXPECT_GE(repeated, 15);
}

TEST_F(Idempotency, ATwinOfARequestThatIsStillRunningIsToldSo) {
  for (const auto& operation : operations(shop.contract)) {
    if (!operation.has_header("Idempotency-Key")) continue;
    SCOPED_TRACE(operation.method + " " + operation.path);
    const auto key = fresh_key();
    const auto about = sample(operation.path);
    std::array<Answer, 2> answers;
    std::counting_semaphore<2> answered{0};
    {
      std::vector<std::jthread> twins;
      auto locked = std::make_optional<TableLock>(shop.server.database(), "receipts");
      for (auto& answer : answers) {
        twins.emplace_back([&] {
          answer = send(operation, about.target, about.body, about.headers, key);
          answered.release();
        });
      }
      // One of them looks for a stored answer and waits; the other can't be that one.
      answered.acquire();
      locked.reset();
    }
    const auto refused = answers[0].code() == "idempotency_in_flight" ? 0U : 1U;
    expect_code(answers.at(refused), 409, "idempotency_in_flight");
    EXPECT_LT(answers.at(1 - refused).status, 300) << answers.at(1 - refused).body;
  }
}

TEST_F(Idempotency, SomebodyElsesKeyOpensNothing) {
  const auto mine = shop.cart();
  const auto other = shop.cart();
  auto me = shop.shopper();
  const auto key = fresh_key();
  const auto first = me.post(mine.cart("/items"), cup.items(1), {{"Shopflow-Secret", mine.secret}, key});
  ASSERT_EQ(first.status, 200) << first.body;
  expect_code(me.post(mine.cart("/items"), cup.items(1), {key}), 401, "secret_required");
  expect_code(me.post(mine.cart("/items"), cup.items(1), {{"Shopflow-Secret", other.secret}, key}), 403,
              "secret_mismatch");
  const auto theirs = me.post(other.cart("/items"), cup.items(1), {{"Shopflow-Secret", other.secret}, key});
  EXPECT_EQ(theirs.status, 200);
  EXPECT_EQ(theirs.header("idempotent-replayed"), "");
  EXPECT_EQ(theirs.json().at("cart").at("id"), other.id);
  const auto staff_key = fresh_key();
  EXPECT_EQ(shop.staff("catalog").post(cup.stock("/receive"), Json{{"quantity", 1}}, {staff_key}).status,
            200);
  EXPECT_EQ(shop.staff("warehouse")
                .post(cup.stock("/receive"), Json{{"quantity", 1}}, {staff_key})
                .header("idempotent-replayed"),
            "");
}

TEST_F(Idempotency, ARefusalIsNotKeptSoThatARepeatMayDoBetter) {
  const auto rare = shop.article(1);
  const auto cart = shop.cart();
  auto me = shop.shopper();
  auto fields = cart.with_key();
  expect_code(me.post(cart.cart("/items"), rare.items(2), fields), 409, "insufficient_stock");
  EXPECT_EQ(shop.staff().post(rare.stock("/receive"), Json{{"quantity", 1}}).status, 200);
  EXPECT_EQ(me.post(cart.cart("/items"), rare.items(2), fields).status, 200);
}

TEST_F(Idempotency, WhatMayHaveBeenAnsweredIsNotDoneWhileThatCanNotBeLookedUp) {
  const auto cart = shop.cart();
  auto me = shop.shopper();
  const auto fields = cart.with_key();
  const auto add = [&] { return me.post(cart.cart("/items"), cup.items(2), fields); };
  const auto first = add();
  ASSERT_EQ(first.status, 200);
  shop.server.database().refuse_sessions();
  expect_code(add(), 503, "database_unavailable");
  shop.server.database().admit_sessions();
  Answer again;
  EXPECT_TRUE(until([&] { return (again = add()).status != 503; }));
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("idempotent-replayed"), "true");
}

TEST_F(Idempotency, WhatWasAnsweredAndCanNotBeReadIsNotDoneAgain) {
  const auto cart = shop.cart();
  auto me = shop.shopper();
  const auto fields = cart.with_key();
  const auto add = [&] { return me.post(cart.cart("/items"), cup.items(2), fields); };
  ASSERT_EQ(add().status, 200);
  shop.server.database().sql(R"(UPDATE receipts SET body = '\x01ff')");
  expect_code(add(), 500, "internal");
  expect_code(add(), 500, "internal");
  const auto seen = me.get(cart.cart(), cart.headers());
  EXPECT_EQ(seen.json().at("lines").at(0).at("quantity"), 2) << seen.body;
}

}  // namespace
}  // namespace shopflow::testing
