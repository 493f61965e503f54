#include "http/shop.hpp"
#include "http/table_lock.hpp"

namespace shopflow::testing {
namespace {

class Readiness : public ::testing::Test {
 protected:
  explicit Readiness(Settings settings = {}) : shop{std::move(settings)} {}

  [[nodiscard]] bool says(int status) { return caller.get("/readyz").status == status; }
  void sql(const std::string& text) const { static_cast<void>(shop.server.database().sql(text)); }

  Shop shop;
  Caller caller = shop.shopper();
};

TEST_F(Readiness, AServerWithoutOneOfItsMigrationsIsNotReadyUntilItIsApplied) {
  const auto ready = caller.get("/readyz");
  ASSERT_EQ(ready.status, 200) << ready.body;
  EXPECT_EQ(ready.json().at("checks").at(1), (Json{{"name", "migrations"}, {"state", "ok"}}));
  // As a backup that is older than the last migration has it, and then the migration once more.
  sql("CREATE TABLE whole AS TABLE schema_migrations");
  const auto name = shop.server.database().sql(
      "DELETE FROM schema_migrations "
      "WHERE version = (SELECT max(version) FROM whole) RETURNING name");
  EXPECT_TRUE(until([&] { return says(503); }));
  const auto refused = caller.get("/readyz");
  expect_code(refused, 503, "not_ready");
  EXPECT_NE(refused.json().at("detail").get<std::string>().find(name), std::string::npos) << refused.body;
  EXPECT_NE(refused.header("retry-after"), "");
  EXPECT_TRUE(says(503)) << "it stays so";
  EXPECT_EQ(caller.get("/livez").status, 200);
  sql("INSERT INTO schema_migrations TABLE whole ON CONFLICT DO NOTHING");
  EXPECT_TRUE(until([&] { return says(200); }));
}

TEST_F(Readiness, ADatabaseThatWasExchangedForAnEmptyOneIsSeen) {
  ASSERT_TRUE(says(200));
  sql("ALTER TABLE schema_migrations RENAME TO elsewhere");
  EXPECT_TRUE(until([&] { return says(503); }));
  const auto refused = caller.get("/readyz");
  expect_code(refused, 503, "not_ready");
  EXPECT_NE(refused.body.find("the first is 1 ('events')"), std::string::npos) << refused.body;
  sql("ALTER TABLE elsewhere RENAME TO schema_migrations");
  EXPECT_TRUE(until([&] { return says(200); }));
}

TEST_F(Readiness, AServerStaysReadyWhenANewerOneHasMigratedTheDatabase) {
  sql("INSERT INTO schema_migrations SELECT max(version) + 1, 'of_tomorrow', '', now() FROM "
      "schema_migrations");
  // Once this is noticed the row above has been seen as well, and what is told is no older look.
  sql("UPDATE schema_migrations SET checksum = 'c' || checksum WHERE version = 1");
  EXPECT_TRUE(until([&] { return says(503); }));
  sql("UPDATE schema_migrations SET checksum = substr(checksum, 2) WHERE version = 1");
  EXPECT_TRUE(until([&] { return says(200); }));
  EXPECT_TRUE(says(200));
}

class ReadinessBehindALock : public Readiness {
 protected:
  ReadinessBehindALock() : Readiness{{{"SHOPFLOW_DATABASE_LOCK_TIMEOUT_MS", "100"}}} {}
};

TEST_F(ReadinessBehindALock, IsAnsweredWhileNobodyCanLook) {
  ASSERT_TRUE(says(200));
  const TableLock lock{shop.server.database(), "schema_migrations"};
  EXPECT_TRUE(until([&] { return says(503); }));
  expect_code(caller.get("/readyz"), 503, "not_ready");
}

}  // namespace
}  // namespace shopflow::testing
