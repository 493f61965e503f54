#include "http/operations.hpp"

namespace shopflow::testing {
namespace {

constexpr std::array kRoles{"admin", "catalog", "warehouse", "support", "analyst"};

class Access : public ::testing::Test {
 protected:
  Shop shop;
};

TEST_F(Access, EveryStaffOperationWantsAKeyOfARoleThatMay) {
  const auto before = shop.server.database().number("SELECT position FROM event_log_head");
  auto nobody_ = shop.shopper();
  int refused = 0;
  for (const auto& operation : operations(shop.contract)) {
    if (!operation.wants_staff()) continue;
    SCOPED_TRACE(operation.method + " " + operation.path);
    const auto where = operation.target();
    const auto body = operation.has_body() ? std::optional{good_body(operation)} : std::nullopt;
    // Before anything else is found missing.
    expect_code(nobody_.request(operation.method, where), 401, "not_authenticated");
    expect_code(nobody_.request(operation.method, where, {}, {{"Authorization", "Bearer guess"}}), 401,
                "key_unknown");
    for (const auto* role : kRoles) {
      if (operation.allows(role)) {
        // Reading changes nothing; what writes is tried with a body that nothing accepts.
        auto staff = shop.staff(role);
        const auto answer = operation.method == "GET" ? staff.get(where)
                            : operation.has_body()
                                ? staff.request(operation.method, where, Json{{"surprise", 1}})
                                : staff.request(operation.method, operation.target("nonsense"));
        EXPECT_NE(answer.status, 401) << role;
        EXPECT_NE(answer.status, 403) << role;
      } else {
        expect_code(shop.staff(role).request(operation.method, where, body, {fresh_key()}), 403,
                    "role_not_allowed");
        ++refused;
      }
    }
  }
  EXPECT_GE(refused, 80);
  EXPECT_EQ(shop.server.database().number("SELECT position FROM event_log_head"), before);
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

TEST_F(Access, EveryShopperOperationWantsItsOwnSecret) {
  const auto cup = shop.article(3);
  const auto cart = shop.cart_with(cup, 1);
  const auto order = shop.order(cup, 1);
  auto me = shop.shopper();
  int refused = 0;
  for (const auto& operation : operations(shop.contract)) {
    if (!operation.wants_secret()) continue;
    SCOPED_TRACE(operation.method + " " + operation.path);
    const auto& mine = operation.path.starts_with("/v1/carts") ? cart : order;
    const auto& other = operation.path.starts_with("/v1/carts") ? order : cart;
    const auto where = operation.target_of(mine, cup.sku);
    expect_code(me.request(operation.method, where), 401, "secret_required");
    for (const auto& secret : {other.secret, std::string{"guess"}})
      expect_code(me.request(operation.method, where, {}, {{"Shopflow-Secret", secret}}), 403,
                  "secret_mismatch");
    ++refused;
  }
  EXPECT_GE(refused, 9);
  EXPECT_EQ(shop.state_of(order).at("state"), "pending_payment");
  EXPECT_EQ(shop.stock_of(cup).at("held"), 2);
}

TEST_F(Access, AKeyIsMadeListedUsedAndRevoked) {
  auto admin = shop.staff();
  const auto made = admin.post("/v1/admin/keys", Json{{"role", "analyst"}, {"name", "figures"}});
  ASSERT_EQ(made.status, 201) << made.body;
  const auto id = made.json().at("id").get<std::string>();
  const Fields key{{"Authorization", "Bearer " + made.json().at("key").get<std::string>()}};
  expect_code(admin.post("/v1/admin/keys", Json{{"role", "admin"}, {"name", "figures"}}), 409,
              "key_name_taken");
  expect_code(admin.post("/v1/admin/keys", Json{{"role", "owner"}, {"name", "x"}}), 422, "validation_failed");
  const auto all = admin.get("/v1/admin/keys");
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(all.body.find(made.json().at("key").get<std::string>()), std::string::npos);
  auto user = shop.shopper();
  EXPECT_EQ(user.get("/v1/admin/analytics/funnel", key).status, 200);
  EXPECT_EQ(admin.del("/v1/admin/keys/" + id).status, 204);
  EXPECT_EQ(admin.del("/v1/admin/keys/" + id).status, 204);
  expect_code(user.get("/v1/admin/analytics/funnel", key), 401, "key_unknown");
  expect_code(admin.del("/v1/admin/keys/" + nobody("key")), 404, "key_not_found");
}

}  // namespace
}  // namespace shopflow::testing
