#include "shopflow/db/migrator.hpp"

#include <gtest/gtest.h>

#include <array>
#include <pqxx/pqxx>
#include <thread>

#include "shopflow/db/error.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::db {
namespace {

using shopflow::testing::TestDatabase;
const Timestamp kNow = SystemClock{}.now();

constexpr std::array kThree{
    Migration{1, "first", "c1", "CREATE TABLE first (id integer); INSERT INTO first VALUES (7)"},
    Migration{2, "second", "c2", "CREATE TABLE second (id integer)"},
    Migration{3, "third", "c3", "CREATE TABLE third (id integer)"},
};

class MigratorTest : public ::testing::Test {
 protected:
  Migrator migrator(std::span<const Migration> known) {
    return Migrator{{.connection = database.settings(), .lock_wait = std::chrono::milliseconds{50}}, known};
  }
  /// As a server looks, on a session that stays.
  Result<void> look(std::span<const Migration> known) {
    Result<void> seen;
    session.read([&](Transaction& tx) { seen = check_applied(tx, known); });
    return seen;
  }
  TestDatabase database{TestDatabase::Content::nothing};
  Connection session{database.settings()};
};

TEST_F(MigratorTest, AppliesWhatIsPendingInOrderAndNothingTheSecondTime) {
  auto first = migrator(std::span{kThree}.first(2));
  const auto applied = first.migrate(kNow);
  ASSERT_TRUE(applied);
  ASSERT_EQ(applied->size(), 2U);
  EXPECT_EQ(applied->at(1).name, "second");
  EXPECT_EQ(database.number("SELECT id FROM first"), 7);

  auto later = migrator(kThree);
  EXPECT_EQ(later.pending()->size(), 1U);
  EXPECT_EQ(later.check().error().code, "migration_pending");
  EXPECT_EQ(later.migrate(kNow)->size(), 1U);
  EXPECT_EQ(later.migrate(kNow)->size(), 0U);
  EXPECT_TRUE(later.check());
}

TEST_F(MigratorTest, AnEmptyDatabaseHasEverythingPendingAndIsLeftAsItIs) {
  auto fresh = migrator(kThree);
  EXPECT_EQ(fresh.pending()->size(), 3U);
  EXPECT_EQ(database.number("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), 0);
}

TEST_F(MigratorTest, RefusesADatabaseOfANewerBinaryAndSaysWhichVersions) {
  ASSERT_TRUE(migrator(kThree).migrate(kNow));
  auto older = migrator(std::span{kThree}.first(2));
  const auto refused = older.migrate(kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "database_newer");
  EXPECT_EQ(refused.error().detail, "The database is at migration 3 ('third'), this binary knows up to 2.");
  EXPECT_EQ(older.check().error().code, "database_newer");
}

TEST_F(MigratorTest, RefusesAMigrationThatWasChangedAfterItWasApplied) {
  ASSERT_TRUE(migrator(std::span{kThree}.first(2)).migrate(kNow));
  auto changed = kThree;
  changed[1].checksum = "other";
  const auto refused = migrator(changed).migrate(kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "migration_changed");
  EXPECT_EQ(database.number("SELECT count(*) FROM schema_migrations"), 2);
}

TEST_F(MigratorTest, RefusesAGapInTheDatabaseAndInTheBinary) {
  const std::array gapped{kThree[0], kThree[2]};
  EXPECT_EQ(migrator(gapped).migrate(kNow).error().code, "migration_gap");
  ASSERT_TRUE(migrator(kThree).migrate(kNow));
  database.sql("DELETE FROM schema_migrations WHERE version = 2");
  EXPECT_EQ(migrator(kThree).migrate(kNow).error().code, "migration_gap");
}

TEST_F(MigratorTest, AServerThatRunsSeesWhatIsMissingAndWhenItIsThere) {
  EXPECT_EQ(look(kThree).error().detail, "Not applied: 3 of 3 migrations, the first is 1 ('first').");
  ASSERT_TRUE(migrator(std::span{kThree}.first(2)).migrate(kNow));
  EXPECT_EQ(look(kThree).error().code, "migration_pending");
  EXPECT_EQ(look(kThree).error().detail, "Not applied: 1 of 3 migrations, the first is 3 ('third').");
  ASSERT_TRUE(migrator(kThree).migrate(kNow));
  EXPECT_TRUE(look(kThree));
  database.sql("DELETE FROM schema_migrations WHERE version = 2");
  EXPECT_EQ(look(kThree).error().code, "migration_gap");
  database.sql("DROP TABLE schema_migrations");
  EXPECT_EQ(look(kThree).error().code, "migration_pending");
}

TEST_F(MigratorTest, AServerThatRunsPutsUpWithWhatANewerOneHasAppliedButNotWithOtherMigrations) {
  ASSERT_TRUE(migrator(kThree).migrate(kNow));
  EXPECT_TRUE(look(std::span{kThree}.first(2)));
  auto changed = kThree;
  changed[1].checksum = "other";
  EXPECT_EQ(look(changed).error().code, "migration_changed");
  EXPECT_EQ(look(std::span{changed}.first(2)).error().code, "migration_changed");
}

TEST_F(MigratorTest, AMigrationThatFailsIsRolledBackAndThoseBeforeItStay) {
  auto broken = kThree;
  broken[1].sql = "CREATE TABLE half (id integer); SELECT 1 / 0";
  auto runner = migrator(broken);
  EXPECT_THROW((void)runner.migrate(kNow), SqlError);
  EXPECT_EQ(database.number("SELECT count(*) FROM schema_migrations"), 1);
  EXPECT_EQ(database.sql("SELECT to_regclass('half')"), "");
  EXPECT_EQ(migrator(kThree).migrate(kNow)->size(), 2U);
}

TEST_F(MigratorTest, TwoProcessesThatStartTogetherApplyEachMigrationOnce) {
  const auto migrate = [&](std::size_t& count) {
    Migrator patient{{.connection = database.settings()}, kThree};
    count = patient.migrate(kNow)->size();
  };
  std::size_t left = 0;
  std::size_t right = 0;
  {
    const std::jthread one{[&] { migrate(left); }};
    const std::jthread two{[&] { migrate(right); }};
  }
  EXPECT_EQ(left + right, 3U);
}

TEST_F(MigratorTest, GivesUpWhenAnotherProcessHoldsTheLockForTooLong) {
  pqxx::connection other{database.url()};
  pqxx::work holding{other};
  holding.exec("SELECT pg_advisory_xact_lock(7466218030)");
  EXPECT_EQ(migrator(kThree).migrate(kNow).error().code, "migration_busy");
}

TEST(EmbeddedMigrations, AreNumberedWithoutGapsAndBringAnEmptyDatabaseToThisBinary) {
  TestDatabase database{TestDatabase::Content::nothing};
  Migrator migrator{{.connection = database.settings()}};
  const auto applied = migrator.migrate(kNow);
  ASSERT_TRUE(applied) << applied.error().detail;
  EXPECT_EQ(applied->size(), embedded_migrations().size());
  EXPECT_TRUE(migrator.check());
}

TEST(TestDatabase, IsACopyOfTheMigratedTemplate) {
  const TestDatabase database;
  Migrator migrator{{.connection = database.settings()}};
  EXPECT_TRUE(migrator.check());
}

}  // namespace
}  // namespace shopflow::db
