#include "app/cleaner.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "shopflow/db/pool.hpp"
#include "support/run.hpp"
#include "support/test_database.hpp"

namespace shopflow::app {
namespace {

TEST(Cleaner, WhatHasBeenKeptLongEnoughGoesAndTheRestStays) {
  const testing::TestDatabase database;
  db::Pool pool{{.connection = database.settings(), .connections = 1}};
  const SystemClock clock;
  boost::asio::io_context context;
  Cleaner cleaner{context.get_executor(), pool, clock, {}};
  // Days of age, by position: more than are deleted in one go are past every limit.
  const std::string ages =
      "(SELECT n, CASE WHEN n <= 2500 THEN 100 WHEN n <= 2510 THEN 20 ELSE 1 END AS days "
      "FROM generate_series(1, 2520) AS n) AS a";
  database.sql(
      "INSERT INTO notification_pages SELECT n, n, now() - days * interval '1 day', ARRAY[n], ARRAY['t'] "
      "FROM " +
      ages);
  database.sql("INSERT INTO webhook_events SELECT 'dhl', n, now() - days * interval '1 day' FROM " + ages);
  database.sql(
      "INSERT INTO mails (id, position, send_after, state, attempts, template, sent_at) SELECT "
      "(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || "
      "substr(md5(n::text), 1, 19))::uuid, n, at, "
      "CASE WHEN n % 10 = 0 THEN 'dead' ELSE 'sent' END::mail_state, 1, 'order_packed', at "
      "FROM (SELECT n, now() - days * interval '1 day' AS at FROM " +
      ages + ") AS b");
  testing::run(cleaner.clean());
  EXPECT_EQ(database.number("SELECT count(*) FROM notification_pages"), 10);
  EXPECT_EQ(database.number("SELECT count(*) FROM webhook_events"), 20);
  EXPECT_EQ(database.number("SELECT count(*) FROM mails WHERE state = 'sent'"), 18);
  EXPECT_EQ(database.number("SELECT count(*) FROM mails WHERE state = 'dead'"), 252)
      << "people have to see them";
}

TEST(Cleaner, EveryTableHasItsNextPartitionInTime) {
  const testing::TestDatabase database;
  db::Pool pool{{.connection = database.settings(), .connections = 1}};
  const SystemClock clock;
  boost::asio::io_context context;
  Cleaner cleaner{context.get_executor(), pool, clock, {}};
  database.sql("UPDATE event_log_head SET position = 5000000");
  testing::run(cleaner.make_partitions());
  const std::string made =
      "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relname ~ '_10000000$'";
  EXPECT_EQ(database.sql(made), "events_10000000 fact_pages_10000000");
  testing::run(cleaner.make_partitions());
  EXPECT_EQ(database.sql(made), "events_10000000 fact_pages_10000000");
}

TEST(Cleaner, TheStatisticsOfEveryTableFollowItsSize) {
  const testing::TestDatabase database;
  db::Pool pool{{.connection = database.settings(), .connections = 1}};
  const SystemClock clock;
  boost::asio::io_context context;
  Cleaner cleaner{context.get_executor(), pool, clock, {}};
  database.sql(
      "INSERT INTO stock_ledger (id, sku_id, location_id, movement, quantity, cause, cause_id, occurred_at) "
      "SELECT gen_random_uuid(), gen_random_uuid(), 1, 'receive', 1, 'admin', "
      "gen_random_uuid(), now() FROM generate_series(1, 1500)");
  database.sql(
      "INSERT INTO events SELECT n, gen_random_uuid(), 'LowStock', 1, 'stock', gen_random_uuid(), 1, now(), "
      "'', '{}' "
      "FROM generate_series(1, 1500) AS n");
  database.sql("ANALYZE stock_ledger_early, stock_ledger_later, events_early");
  testing::run(cleaner.renew_statistics());
  EXPECT_EQ(
      database.sql("SELECT string_agg(relname || ' ' || reltuples, ', ' ORDER BY relname) FROM pg_class "
                   "WHERE relkind = 'p' AND reltuples > 0"),
      "events 1500, stock_ledger 1500");
}

}  // namespace
}  // namespace shopflow::app
