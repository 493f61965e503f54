#include <gtest/gtest.h>

#include "analytics/repository.hpp"
#include "shopflow/db/migrator.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::analytics {
namespace {

/// Up to and with the version before facts were kept by the page.
constexpr std::size_t kBefore = 12;

TEST(FactPages, HoldWhatWasAFactOfItsOwnBefore) {
  const testing::TestDatabase database{testing::TestDatabase::Content::nothing};
  const auto known = db::embedded_migrations();
  const Timestamp now = *parse_rfc3339("2026-11-21T08:00:00Z");
  ASSERT_TRUE((db::Migrator{{.connection = database.settings()}, known.first(kBefore)}.migrate(now)));
  // Three orders of two units of one SKU and one of another, over two pages; each is paid, one partly given
  // back.
  database.sql(
      "INSERT INTO facts (position, kind, subject_id, occurred_at, currency, amount, merchandise, sku_ids, "
      "quantities, amounts) SELECT f.position, f.kind::fact_kind, gen_random_uuid(), '2026-11-20T10:00:00Z', "
      "'EUR', f.amount, f.amount - 20, CASE WHEN f.units > 2 THEN ARRAY[mug, tea] WHEN f.units > 0 THEN "
      "ARRAY[mug] ELSE '{}' END, CASE WHEN f.units > 2 THEN ARRAY[2, 1] WHEN f.units > 0 THEN ARRAY[f.units] "
      "ELSE '{}' END, CASE WHEN f.units > 2 THEN ARRAY[70, 10] WHEN f.units > 0 THEN ARRAY[0] ELSE '{}' "
      "END::int8[] FROM (VALUES (10, 'ordered', 100, 3), (11, 'paid', 100, 3), (990, 'ordered', 100, 3), "
      "(1001, 'paid', 100, 3), (1002, 'ordered', 100, 3), (1003, 'paid', 100, 3), (1004, 'refunded', 50, 2), "
      "(1005, 'cancelled', 0, 0)) AS f (position, kind, amount, units), (SELECT gen_random_uuid() AS mug, "
      "gen_random_uuid() AS tea) AS s");
  ASSERT_TRUE((db::Migrator{{.connection = database.settings()}}.migrate(now)));
  EXPECT_EQ(database.number("SELECT count(*) FROM fact_pages"), 2);
  EXPECT_EQ(database.number("SELECT count(*) FROM notification_pages"), 0);
  db::Connection connection{database.settings()};
  connection.read([&](db::Transaction& tx) {
    const Range range{now - std::chrono::days{2}, now};
    const auto sales = read_sales(tx, range, Interval::total);
    ASSERT_EQ(sales.size(), 1U);
    EXPECT_EQ(sales[0].orders, 3);
    EXPECT_EQ(sales[0].revenue, 300);
    EXPECT_EQ(sales[0].merchandise, 240);
    EXPECT_EQ(sales[0].units, 9);
    EXPECT_EQ(sales[0].refunded, 50);
    EXPECT_EQ(sales[0].units_returned, 2);
    EXPECT_EQ(sales[0].cancelled_orders, 1);
    const auto products = read_products(tx, range, 10);
    ASSERT_EQ(products.size(), 2U);
    EXPECT_EQ(products[0].units, 6);
    EXPECT_EQ(products[0].merchandise, 210);
    EXPECT_EQ(products[0].units_returned, 2);
    EXPECT_EQ(products[1].units, 3);
  });
}

}  // namespace
}  // namespace shopflow::analytics
