#include "app/table_keeper.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "support/run.hpp"
#include "support/test_database.hpp"

namespace shopflow::app {
namespace {

TEST(TableKeeper, EveryTableHasItsNextPartitionInTime) {
  const testing::TestDatabase database;
  boost::asio::io_context context;
  TableKeeper tables{context.get_executor(), database.settings()};
  database.sql("UPDATE event_log_head SET position = 5000000");
  testing::run(tables.make_partitions());
  const std::string made =
      "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relname ~ '_10000000$'";
  EXPECT_EQ(database.sql(made), "events_10000000 fact_pages_10000000");
  testing::run(tables.make_partitions());
  EXPECT_EQ(database.sql(made), "events_10000000 fact_pages_10000000");
}

TEST(TableKeeper, TheStatisticsOfEveryTableFollowItsSize) {
  const testing::TestDatabase database;
  boost::asio::io_context context;
  TableKeeper tables{context.get_executor(), database.settings()};
  database.sql(
      "INSERT INTO stock_ledger (id, sku_id, location_id, movement, quantity, cause, cause_id, occurred_at) "
      "SELECT gen_random_uuid(), gen_random_uuid(), 1, 'receive', 1, 'admin', "
      "gen_random_uuid(), now() FROM generate_series(1, 1500)");
  database.sql(
      "INSERT INTO events SELECT n, gen_random_uuid(), 'LowStock', 1, 'stock', gen_random_uuid(), 1, now(), "
      "'', '{}' "
      "FROM generate_series(1, 1500) AS n");
  database.sql("ANALYZE stock_ledger_early, stock_ledger_later, events_early");
  testing::run(tables.renew_statistics());
  EXPECT_EQ(
      database.sql("SELECT string_agg(relname || ' ' || reltuples, ', ' ORDER BY relname) FROM pg_class "
                   "WHERE relkind = 'p' AND reltuples > 0"),
      "events 1500, stock_ledger 1500");
}

}  // namespace
}  // namespace shopflow::app
