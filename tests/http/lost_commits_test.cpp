#include "http/shop.hpp"
#include "support/postgres_proxy.hpp"

namespace shopflow::testing {
namespace {

using Lost = PostgresProxy::Lost;

/// A shop whose PostgreSQL is gone from the moment of a commit on, so that nobody can look what became of it.
class LostCommits : public ::testing::TestWithParam<Lost> {
 protected:
  [[nodiscard]] Settings through_proxy() const {
    return {{"SHOPFLOW_DATABASE_URL", proxy.url() + "&connect_timeout=60"}};
  }

  /// Sends it while the commit of what this statement is part of is lost, and again with the same key when
  /// PostgreSQL is back: the outcome is not known then, and told now. Gives the answer that tells it.
  Answer send_twice(Caller caller, const std::string& statement, const std::string& target, const Json& body,
                    const Fields& headers) {
    proxy.cut_off_at_commit(statement, GetParam());
    const auto unknown = caller.post(target, body, headers);
    expect_code(unknown, 503, "outcome_unknown");
    EXPECT_EQ(unknown.header("retry-after"), "1");
    EXPECT_NE(unknown.json().at("title").get<std::string>().find("with the same key"), std::string::npos);
    proxy.admit();
    auto told = caller.post(target, body, headers);
    const bool was_done = GetParam() == Lost::answer;
    EXPECT_EQ(told.status, 201) << told.body;
    EXPECT_EQ(told.header("idempotent-replayed"), was_done ? "true" : "");
    const auto again = caller.post(target, body, headers);
    EXPECT_EQ(again.body, told.body);
    EXPECT_EQ(again.header("idempotent-replayed"), "true");
    return told;
  }

  std::shared_ptr<TestDatabase> database = std::make_shared<TestDatabase>();
  PostgresProxy proxy{database->url()};
  Shop shop{through_proxy(), database};
};

TEST_P(LostCommits, OfACheckoutAreToldByTheSameKeyAndItIsOneOrder) {
  const auto cup = shop.article(10);
  const auto cart = shop.cart_with(cup, 2);
  ASSERT_TRUE(shop.settles());
  const auto told = send_twice(shop.shopper(), "orders.place_quickly", cart.cart("/checkout"),
                               checkout_body(), cart.with_key());
  const Owned order{told.json().at("id"), told.json().at("secret")};
  EXPECT_EQ(database->number("SELECT count(*) FROM orders"), 1);
  EXPECT_EQ(shop.pay(order).status, 200);
  EXPECT_TRUE(shop.reaches(order, "paid"));
  ASSERT_TRUE(shop.settles());
  EXPECT_EQ(shop.stock_of(cup).at("sold"), 2);
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

TEST_P(LostCommits, OfWhatStaffDoesAreToldByTheSameKeyAndItIsDoneOnce) {
  ASSERT_TRUE(shop.settles());
  const Json sku{{"code", "cup"}, {"price", euros(1000)}, {"initial_stock", 3}};
  const auto told =
      send_twice(shop.staff(), "catalog.taken_codes", "/v1/admin/products",
                 Json{{"name", "A cup"}, {"category", "cups"}, {"skus", Json::array({sku})}}, {fresh_key()});
  EXPECT_EQ(database->number("SELECT count(*) FROM products"), 1);
  EXPECT_EQ(shop.shopper().get("/v1/products/" + told.json().at("id").get<std::string>()).status, 200);
  ASSERT_TRUE(shop.settles());
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

INSTANTIATE_TEST_SUITE_P(WhetherOrNotItWasCarriedOut, LostCommits,
                         ::testing::Values(Lost::answer, Lost::commit), [](const auto& about) {
                           return about.param == Lost::answer ? "ItWas" : "ItWasNot";
                         });

}  // namespace
}  // namespace shopflow::testing
