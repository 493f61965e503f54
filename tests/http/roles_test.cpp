#include "http/operations.hpp"
#include "support/test_roles.hpp"

namespace shopflow::testing {
namespace {

TEST(Roles, AServerThatMayOnlyReadAndWriteRowsDoesAWholeJourney) {
  const auto database = std::make_shared<TestDatabase>(TestDatabase::Content::nothing);
  const TestRoles roles{*database};
  Shop shop{{{"SHOPFLOW_DATABASE_URL", roles.url_as(roles.app())},
             {"SHOPFLOW_DATABASE_OWNER_URL", database->url()},
             {"SHOPFLOW_DATABASE_APP_ROLE", roles.app()},
             {"SHOPFLOW_DATABASE_READ_ROLE", roles.reader()}},
            database};
  const auto cup = shop.article(10);
  const auto order = shop.shipped(cup, 2);
  auto staff = shop.staff();
  EXPECT_LT(
      staff.post("/v1/admin/stock/" + cup.sku + "/receive", Json{{"quantity", 5}}, {fresh_key()}).status,
      300);
  const auto refund = staff.post(order.staff("/refunds"), Json{{"reason", "a scratch"}}, {fresh_key()});
  EXPECT_LT(refund.status, 300) << refund.body;
  const auto given_up = shop.order(cup, 1);
  EXPECT_EQ(
      shop.shopper().post(given_up.order("/cancel"), Json{{"reason", "no"}}, given_up.with_key()).status,
      200);
  EXPECT_EQ(shop.server.run("seed").code, 0);
  EXPECT_TRUE(shop.settles());
  EXPECT_EQ(shop.audit(), "0 differences\n");
  // Every session of the server was the narrow role's.
  EXPECT_EQ(database->number(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename <> '" +
                roles.app() + "' AND application_name LIKE 'shopflow%'"),
            0);
}

TEST(Roles, WithoutTheOwnersRightsNothingIsMigrated) {
  const auto database = std::make_shared<TestDatabase>(TestDatabase::Content::nothing);
  const TestRoles roles{*database};
  EXPECT_ANY_THROW((TestServer{{{"SHOPFLOW_DATABASE_URL", roles.url_as(roles.app())}}, database}));
  EXPECT_EQ(database->number("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), 0);
}

}  // namespace
}  // namespace shopflow::testing
