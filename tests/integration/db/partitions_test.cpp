#include "shopflow/db/partitions.hpp"

#include <gtest/gtest.h>

#include <pqxx/pqxx>

#include "shopflow/core/ids.hpp"
#include "shopflow/db/connection.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::db {
namespace {

class PartitionsTest : public ::testing::Test {
 protected:
  std::string sql(const std::string& text) const { return database_.sql(text); }

  /// A ledger entry of that moment, and the partition that it went to.
  [[nodiscard]] std::string entered(const char* at) const {
    return sql(
        "INSERT INTO stock_ledger (id, sku_id, location_id, movement, quantity, cause, cause_id, "
        "occurred_at) "
        "VALUES ('" +
        to_hyphenated(make_uuid7(*parse_rfc3339(at))) +
        "', gen_random_uuid(), 1, 'receive', 1, 'admin', gen_random_uuid(), now()) RETURNING "
        "tableoid::regclass");
  }
  [[nodiscard]] std::string logged(const std::string& position, const std::string& aggregate) const {
    return sql("INSERT INTO events VALUES (" + position + ", gen_random_uuid(), 'LowStock', 1, 'stock', '" +
               aggregate + "', 1, now(), '', '{}') RETURNING tableoid::regclass");
  }
  /// What is made so that nothing is lacking at that moment.
  [[nodiscard]] std::string made_for(const std::string& at) const {
    std::string all;
    for (;;) {
      const auto name = sql("SELECT next_partition('" + at + "')");
      if (name.empty()) return all;
      all += (all.empty() ? "" : " ") + name;
    }
  }
  /// The last bound of the table, behind which all else goes.
  [[nodiscard]] std::string last_bound(const std::string& table) const {
    return sql(
        "SELECT uuid7_time(substring(pg_get_expr(relpartbound, oid) FROM 'FROM \\(''([^'']+)')::uuid) AT "
        "TIME ZONE 'UTC' FROM pg_class WHERE relname = '" +
        table + "_later'");
  }
  [[nodiscard]] std::optional<std::string> made_by_the_server() {
    std::optional<std::string> made;
    connection_.transact([&](Transaction& tx) { made = make_partition(tx); });
    return made;
  }

  [[nodiscard]] std::optional<std::string> renewed() {
    std::optional<std::string> table;
    connection_.transact([&](Transaction& tx) { table = renew_statistics(tx); });
    return table;
  }
  /// Events at these positions, of which their partition knows, as PostgreSQL sees to by itself.
  void log(int first, int last) const {
    sql("INSERT INTO events SELECT n, gen_random_uuid(), 'LowStock', 1, 'stock', gen_random_uuid(), 1, "
        "now(), '', '{}' "
        "FROM generate_series(" +
        std::to_string(first) + ", " + std::to_string(last) + ") AS n");
    sql("ANALYZE events_early");
  }

  testing::TestDatabase database_;
  Connection connection_{database_.settings()};
};

TEST_F(PartitionsTest, RowsOfDifferentTimesAreInDifferentPartitions) {
  ASSERT_NE(made_for("2031-06-01"), "");
  EXPECT_EQ(entered("1999-01-01T00:00:00Z"), "stock_ledger_early");
  EXPECT_EQ(entered("2030-12-31T23:59:59Z"), "stock_ledger_2030q4");
  EXPECT_EQ(entered("2031-01-01T00:00:00Z"), "stock_ledger_2031q1");
  EXPECT_EQ(entered("2031-05-15T12:00:00Z"), "stock_ledger_2031q2");
  EXPECT_EQ(entered("2099-01-01T00:00:00Z"), "stock_ledger_later") << "even a clock that is wrong is taken";
  EXPECT_EQ(sql("SELECT count(*) FROM stock_ledger"), "5");
}

TEST_F(PartitionsTest, TheNextOnesAreMadeOnceAMonthAhead) {
  (void)made_for("2030-01-01");
  EXPECT_EQ(last_bound("orders"), "2031-01-01 00:00:00");
  EXPECT_EQ(last_bound("stock_ledger"), "2030-04-01 00:00:00");
  EXPECT_EQ(made_for("2030-02-28"), "");
  EXPECT_EQ(made_for("2030-03-02"), "stock_ledger_2030q2");
  EXPECT_EQ(made_for("2030-03-02"), "");
  EXPECT_EQ(made_for("2030-12-02"),
            "orders_2031 stock_ledger_2030q3 stock_ledger_2030q4 stock_ledger_2031q1");
}

TEST_F(PartitionsTest, TheLogHasItsNextPartitionFiveMillionEventsAhead) {
  sql("UPDATE event_log_head SET position = 4999999");
  EXPECT_EQ(made_by_the_server(), std::nullopt);
  sql("UPDATE event_log_head SET position = 5000000");
  EXPECT_EQ(made_by_the_server(), "events_10000000");
  EXPECT_EQ(made_by_the_server(), "fact_pages_10000000");
  EXPECT_EQ(made_by_the_server(), std::nullopt);
  const std::string one = "00000000-0000-7000-8000-000000000001";
  EXPECT_EQ(logged("9999999", one), "events_early");
  EXPECT_EQ(logged("20000000", one), "events_later");
  EXPECT_EQ(logged("10000000", one), "events_10000000");
  // In each of them an aggregate's numbers are unique.
  for (const auto* position : {"9999998", "10000001", "20000001"})
    EXPECT_ANY_THROW((void)logged(position, one)) << position;
}

TEST_F(PartitionsTest, ABusyLogHasLongerPartitions) {
  // A million events in two days.
  (void)sql(
      "INSERT INTO events VALUES (5000000, gen_random_uuid(), 'LowStock', 1, 'stock', gen_random_uuid(), 1, "
      "now() - interval '2 days', '', '{}'); UPDATE event_log_head SET position = 6000000");
  EXPECT_EQ(made_by_the_server(), "events_10000000");
  EXPECT_EQ(logged("59999999", "00000000-0000-7000-8000-000000000001"), "events_10000000");
  EXPECT_EQ(logged("60000000", "00000000-0000-7000-8000-000000000001"), "events_later");
}

TEST_F(PartitionsTest, RowsThatCameBeforeTheirPartitionStayWhereTheyAreAndItEndsBehindThem) {
  (void)made_for("2030-01-01");
  EXPECT_EQ(entered("2030-08-08T00:00:00Z"), "stock_ledger_later");
  EXPECT_EQ(made_for("2030-08-09"), "stock_ledger_2030q2");
  EXPECT_EQ(last_bound("stock_ledger"), "2030-10-01 00:00:00");
  EXPECT_EQ(sql("SELECT tableoid::regclass FROM stock_ledger"), "stock_ledger_2030q2");
  EXPECT_EQ(entered("2030-04-01T00:00:00Z"), "stock_ledger_2030q2");
}

TEST_F(PartitionsTest, ANewOneIsAsItsTableAndTheOnesBefore) {
  (void)made_for("2030-01-01");
  const std::string indexes =
      "SELECT string_agg(kind, ';' ORDER BY kind) FROM (SELECT regexp_replace(pg_get_indexdef(indexrelid), "
      "'^CREATE "
      "(UNIQUE )?.* USING', '\\1') AS kind FROM pg_index WHERE indrelid = '";
  for (const std::string table : {"orders", "stock_ledger", "events", "fact_pages"}) {
    EXPECT_EQ(sql(indexes + table + "_later'::regclass) AS i"),
              sql(indexes + table + "_early'::regclass) AS i"));
    EXPECT_EQ(sql("SELECT reloptions FROM pg_class WHERE relname = '" + table + "_later'"),
              sql("SELECT reloptions FROM pg_class WHERE relname = '" + table + "_early'"));
    EXPECT_EQ(sql("SELECT count(*) FROM pg_attribute AS a JOIN pg_attribute AS b USING (attname) WHERE "
                  "a.attrelid = '" +
                  table + "_later'::regclass AND b.attrelid = '" + table +
                  "_early'::regclass AND (a.attstorage, a.attnotnull) <> (b.attstorage, b.attnotnull)"),
              "0");
  }
}

TEST_F(PartitionsTest, SomebodyWhoReadsForLongKeepsNobodyWaitingAndThePartitionIsMadeLater) {
  sql("UPDATE event_log_head SET position = 6000000");
  {
    pqxx::connection other{database_.url()};
    pqxx::work reading{other};
    reading.exec("SELECT count(*) FROM events");
    try {
      (void)made_by_the_server();
      ADD_FAILURE() << "it can't have been made";
    } catch (const SqlError& error) {
      EXPECT_EQ(error.sqlstate(), "55P03");
    }
    EXPECT_EQ(sql("SELECT count(*) FROM pg_class WHERE relname = 'events_10000000'"), "0");
    EXPECT_EQ(logged("1", "00000000-0000-7000-8000-000000000001"), "events_early");
  }
  EXPECT_EQ(made_by_the_server(), "events_10000000");
}

TEST_F(PartitionsTest, TwoServersDoNotMakeTheSameOne) {
  sql("UPDATE event_log_head SET position = 6000000");
  pqxx::connection other{database_.url()};
  pqxx::work making{other};
  EXPECT_EQ(making.exec("SELECT make_partition()")[0][0].as<std::string>(), "events_10000000");
  EXPECT_EQ(made_by_the_server(), std::nullopt);
  making.commit();
  EXPECT_EQ(made_by_the_server(), "fact_pages_10000000");
}

TEST_F(PartitionsTest, WhoActsWithAKeyNeitherWaitsForOneNorKeepsItFromBeingMade) {
  sql("UPDATE event_log_head SET position = 6000000");
  constexpr auto* kLockOfTheAuditLog = "SELECT pg_try_advisory_xact_lock(7466218032)";
  pqxx::connection one{database_.url()};
  pqxx::work acting{one};
  EXPECT_TRUE(acting.exec(kLockOfTheAuditLog)[0][0].as<bool>());
  EXPECT_EQ(made_by_the_server(), "events_10000000");
  acting.commit();
  pqxx::connection other{database_.url()};
  pqxx::work making{other};
  EXPECT_EQ(making.exec("SELECT make_partition()")[0][0].as<std::string>(), "fact_pages_10000000");
  pqxx::work acting_again{one};
  EXPECT_TRUE(acting_again.exec(kLockOfTheAuditLog)[0][0].as<bool>());
}

TEST_F(PartitionsTest, TheStatisticsOfAWholeTableFollowThoseOfItsParts) {
  EXPECT_EQ(renewed(), std::nullopt);
  log(1, 2000);
  EXPECT_EQ(renewed(), "events");
  EXPECT_EQ(sql("SELECT reltuples FROM pg_class WHERE oid = 'events'::regclass"), "2000");
  EXPECT_EQ(renewed(), std::nullopt);
  log(2001, 2300);
  EXPECT_EQ(renewed(), std::nullopt) << "it has not grown by a fifth";
  log(2301, 3000);
  EXPECT_EQ(renewed(), "events");
}

TEST_F(PartitionsTest, StatisticsAreRenewedOfWhatIsComparedAndNotOfWhatIsOnlyShown) {
  log(1, 2000);
  ASSERT_EQ(renewed(), "events");
  EXPECT_EQ(sql("SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_stats WHERE tablename = 'events'"),
            "aggregate aggregate_id id occurred_at position sequence type version");
  sql("INSERT INTO fact_pages SELECT n, n, now(), now(), '{1,2}', '{ordered,paid}', '{now,now}', '{1,2}', "
      "'{1,2}', '{1,2}', '{paid}', '{now}', ARRAY[gen_random_uuid()], '{1}', '{1}' "
      "FROM generate_series(1, 2000) AS n");
  sql("ANALYZE fact_pages_early");
  ASSERT_EQ(renewed(), "fact_pages");
  EXPECT_EQ(
      sql("SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_stats WHERE tablename = 'fact_pages'"),
      "first_position from_at last_position to_at");
}

TEST_F(PartitionsTest, StatisticsThatWereNotFinishedAreRenewedAgain) {
  log(1, 2000);
  {
    pqxx::connection other{database_.url()};
    pqxx::work cut_off{other};
    EXPECT_EQ(cut_off.exec("SELECT renew_statistics()")[0][0].as<std::string>(), "events");
    EXPECT_EQ(renewed(), std::nullopt) << "one at a time";
  }
  EXPECT_EQ(renewed(), "events");
}

TEST_F(PartitionsTest, ATableThatIsBeingVacuumedDoesNotKeepTheOthersFromNewStatistics) {
  log(1, 2000);
  sql("INSERT INTO stock_ledger (id, sku_id, location_id, movement, quantity, cause, cause_id, occurred_at) "
      "SELECT gen_random_uuid(), gen_random_uuid(), 1, 'receive', 1, 'admin', gen_random_uuid(), now() "
      "FROM generate_series(1, 2000)");
  sql("ANALYZE stock_ledger_early, stock_ledger_later");
  {
    pqxx::connection other{database_.url()};
    pqxx::work vacuum{other};
    vacuum.exec("LOCK TABLE events IN SHARE UPDATE EXCLUSIVE MODE");
    EXPECT_EQ(renewed(), "stock_ledger");
    EXPECT_EQ(renewed(), std::nullopt);
  }
  EXPECT_EQ(renewed(), "events");
}

}  // namespace
}  // namespace shopflow::db
