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
  // Most of the old carts are those of unpaid orders, which stay, and the last ones can go.
  database.sql(
      "INSERT INTO carts (id, stage, version, order_id, sku_ids, quantities, held, deadlines, next_deadline, "
      "updated_at) SELECT uuid7_floor(at - n * interval '1 ms'), "
      "CASE WHEN n > 100 THEN 'checkout' ELSE 'sold' END::reservation_stage, 1, gen_random_uuid(), "
      "'{}', '{}', '{}', '{}', CASE WHEN n > 100 THEN now() END, at "
      "FROM (SELECT n, now() - days * interval '1 day' AS at FROM (SELECT n, CASE WHEN n <= 10 THEN 1 ELSE "
      "40 "
      "END AS days FROM generate_series(1, 2520) AS n) AS a) AS b");
  testing::run(cleaner.clean());
  EXPECT_EQ(database.number("SELECT count(*) FROM carts WHERE stage = 'sold'"), 10);
  EXPECT_EQ(database.number("SELECT count(*) FROM carts WHERE stage = 'checkout'"), 2420);
  EXPECT_EQ(database.number("SELECT count(*) FROM notification_pages"), 10);
  EXPECT_EQ(database.number("SELECT count(*) FROM webhook_events"), 20);
  EXPECT_EQ(database.number("SELECT count(*) FROM mails WHERE state = 'sent'"), 18);
  EXPECT_EQ(database.number("SELECT count(*) FROM mails WHERE state = 'dead'"), 252)
      << "people have to see them";
}

}  // namespace
}  // namespace shopflow::app
