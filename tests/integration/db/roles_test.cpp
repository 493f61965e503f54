#include <gtest/gtest.h>

#include "shopflow/db/connection.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/migrator.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_roles.hpp"

namespace shopflow::db {
namespace {

class RolesTest : public ::testing::Test {
 protected:
  RolesTest() { Migrator{{.connection = database_.settings()}}.give_rights(roles_.app(), roles_.reader()); }

  /// "denied", or what else becomes of it.
  [[nodiscard]] std::string outcome(const std::string& role, const std::string& sql) const {
    Connection connection{{.url = roles_.url_as(role)}};
    try {
      connection.transact([&](Transaction& tx) { (void)tx.exec_text(sql); });
    } catch (const SqlError& error) {
      const std::string text{error.what()};
      const bool denied = text.find("permission denied") != std::string::npos ||
                          text.find("must be owner") != std::string::npos;
      return denied ? "denied" : text;
    }
    return "done";
  }

  testing::TestDatabase database_;
  testing::TestRoles roles_{database_};
};

TEST_F(RolesTest, TheServersRoleMakesAndTakesAwayNothing) {
  for (const auto* sql : {"CREATE TABLE mine (id int)",
                          "CREATE TEMPORARY TABLE mine (id int)",
                          "CREATE SCHEMA mine",
                          "CREATE VIEW mine AS SELECT 1",
                          "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                          "ALTER TABLE orders ADD COLUMN x int",
                          "ALTER TABLE audit_log DISABLE TRIGGER ALL",
                          "DROP TABLE orders",
                          "DROP FUNCTION audit_log_stays() CASCADE",
                          "CREATE INDEX mine ON orders (id)",
                          "TRUNCATE orders",
                          "TRUNCATE events",
                          "CREATE ROLE mine",
                          "INSERT INTO schema_migrations VALUES (99, '', '', now())",
                          "DELETE FROM schema_migrations",
                          "SELECT give_rights(current_user::text || 'x', 'nobody')",
                          "SELECT next_partition(now())",
                          "SELECT begin_later('events', '5')",
                          "DROP TABLE orders_later",
                          "TRUNCATE orders_early",
                          "ALTER TABLE orders DETACH PARTITION orders_later",
                          "CREATE TABLE mine PARTITION OF orders FOR VALUES IN (1)",
                          "DELETE FROM partitioned_tables"}) {
    EXPECT_EQ(outcome(roles_.app(), sql), "denied") << sql;
  }
  // PostgreSQL answers this one with a warning alone.
  (void)outcome(roles_.app(), "GRANT UPDATE ON audit_log TO PUBLIC");
  EXPECT_EQ(outcome(roles_.app(), "UPDATE audit_log SET actor = ''"), "denied");
}

TEST_F(RolesTest, TheServersRoleCantRewriteWhatIsOnlyEverAppendedTo) {
  for (const auto* table : {"audit_log", "events", "stock_ledger"}) {
    const std::string name{table};
    EXPECT_EQ(outcome(roles_.app(), "DELETE FROM " + name), "denied") << table;
    EXPECT_EQ(outcome(roles_.app(), "TRUNCATE " + name), "denied") << table;
    EXPECT_EQ(outcome(roles_.app(), "SELECT count(*) FROM " + name), "done") << table;
  }
  EXPECT_EQ(outcome(roles_.app(), "UPDATE audit_log SET actor = ''"), "denied");
  EXPECT_EQ(outcome(roles_.app(), "UPDATE events SET type = ''"), "denied");
  EXPECT_EQ(outcome(roles_.app(), "UPDATE stock_ledger SET quantity = 0"), "denied");
  EXPECT_EQ(outcome(roles_.app(), "UPDATE server_keys SET value = ''"), "denied");
  EXPECT_EQ(outcome(roles_.app(), "DELETE FROM server_keys"), "denied");
}

TEST_F(RolesTest, PartitionsAreReachedByTheirTableAlone) {
  database_.sql("UPDATE event_log_head SET position = 6000000");
  ASSERT_EQ(outcome(roles_.app(), "SELECT make_partition()"), "done");
  EXPECT_EQ(outcome(roles_.app(), "SELECT renew_statistics()"), "done");
  EXPECT_EQ(outcome(roles_.reader(), "SELECT renew_statistics()"), "denied");
  for (const auto* partition : {"events_early", "events_later", "events_10000000", "orders_early"}) {
    const std::string name{partition};
    EXPECT_EQ(outcome(roles_.app(), "DELETE FROM " + name), "denied") << name;
    EXPECT_EQ(outcome(roles_.app(), "UPDATE " + name + " SET id = id"), "denied") << name;
    EXPECT_EQ(outcome(roles_.app(), "SELECT id FROM " + name), "denied") << name;
    EXPECT_EQ(outcome(roles_.reader(), "SELECT id FROM " + name), "denied") << name;
  }
  EXPECT_EQ(outcome(roles_.app(), "UPDATE orders SET note = note"), "done");
  EXPECT_EQ(outcome(roles_.reader(), "SELECT count(*) FROM events"), "done");
}

TEST_F(RolesTest, WhatMayNotBeRewrittenStaysSoInTheTablesOfAnOlderVersion) {
  // What that version gave over the table that has become a partition.
  database_.sql("GRANT SELECT, INSERT, UPDATE, DELETE ON events_early TO " + roles_.app());
  Migrator{{.connection = database_.settings()}}.give_rights(roles_.app(), roles_.reader());
  EXPECT_EQ(outcome(roles_.app(), "DELETE FROM events_early"), "denied");
}

TEST_F(RolesTest, TheReadersRoleReadsWhatIsNoSecretAndWritesNothing) {
  EXPECT_EQ(outcome(roles_.reader(), "SELECT count(*) FROM orders"), "done");
  EXPECT_EQ(outcome(roles_.reader(), "SELECT count(*) FROM audit_log"), "done");
  for (const auto* table : {"server_keys", "api_keys", "receipts", "sandbox_intents"}) {
    EXPECT_EQ(outcome(roles_.reader(), "SELECT count(*) FROM " + std::string{table}), "denied") << table;
  }
  EXPECT_EQ(outcome(roles_.reader(), "DELETE FROM orders"), "denied");
  EXPECT_EQ(outcome(roles_.reader(), "UPDATE stock SET held = 0"), "denied");
  EXPECT_EQ(outcome(roles_.reader(), "CREATE TABLE mine (id int)"), "denied");
}

TEST_F(RolesTest, RightsAreGivenAgainWithoutHarmAndRolesThatAreNotThereAreLeftAlone) {
  Migrator migrator{{.connection = database_.settings()}};
  migrator.give_rights(roles_.app(), roles_.reader());
  migrator.give_rights("nobody_at_all", "nobody_else");
  EXPECT_EQ(outcome(roles_.app(), "SELECT count(*) FROM orders"), "done");
}

}  // namespace
}  // namespace shopflow::db
