#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/audit.hpp"
#include "app/config.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/db/migrator.hpp"
#include "support/test_database.hpp"

namespace shopflow::app {
namespace {

/// Up to and with the version before tables were partitioned.
constexpr std::size_t kBefore = 16;
const Timestamp kNow = SystemClock{}.now();

/// A database of that version with two orders, years apart, and all that follows from them.
class Partitioning : public ::testing::Test {
 protected:
  Partitioning() {
    const auto known = db::embedded_migrations().first(kBefore);
    if (!db::Migrator{{.connection = database_.settings()}, known}.migrate(kNow))
      throw std::logic_error{"no schema"};
    const auto sku = to_hyphenated(make_uuid7(kNow));
    sql("INSERT INTO stock (sku_id, on_hand) VALUES ('" + sku + "', 5)");
    sql(fmt::format(
        "INSERT INTO stock_ledger VALUES ('{}', '{}', 1, 'receive', 5, 'admin', '{}', NULL, now())",
        to_hyphenated(make_uuid7(*parse_rfc3339("2020-02-02T00:00:00Z"))), sku, sku));
    add_order(*parse_rfc3339("2020-02-02T00:00:00Z"), 1);
    add_order(kNow, 2);
    sql("UPDATE event_log_head SET position = 2");
  }

  void sql(const std::string& text) { database_.sql(text); }
  std::string add_order(Timestamp at, int position) {
    const auto order = to_hyphenated(make_uuid7(at));
    const auto cart = to_hyphenated(make_uuid7(at));
    sql(
        fmt::format("INSERT INTO carts VALUES ('{}', 'checkout', 1, '{}', '{{}}', '{{}}', '{{}}', '{{}}', "
                    "now() + interval "
                    "'1 hour', 0, now())",
                    cart, order));
    const auto number =
        database_.sql(fmt::format("INSERT INTO orders (id, cart_id, state, version, event_sequence, email, "
                                  "shipping_address, shipping_method, "
                                  "currency, subtotal, shipping, tax, total, line_skus, line_codes, "
                                  "line_names, line_quantities, line_prices, "
                                  "line_taxes, line_totals, line_shipped, created_at, updated_at) VALUES "
                                  "('{}', '{}', 'pending_payment', 1, 1, "
                                  "'', '', '', 'EUR', 0, 0, 0, 0, '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', "
                                  "'{{}}', '{{}}', '{{}}', now(), now()) "
                                  "RETURNING number",
                                  order, cart));
    sql(fmt::format(
        "INSERT INTO events VALUES ({}, gen_random_uuid(), 'OrderCreated', 1, 'order', '{}', 1, now(), '', "
        "'{{}}')",
        position, order));
    return number;
  }
  void migrate() { ASSERT_TRUE((db::Migrator{{.connection = database_.settings()}}.migrate(kNow))); }
  std::size_t differences() {
    Config config;
    config.database.url = database_.url();
    const auto found = run_audit(config, kNow);
    for (const auto& one : found) ADD_FAILURE() << one.check << ": " << one.subject;
    return found.size();
  }

  testing::TestDatabase database_{testing::TestDatabase::Content::nothing};
};

TEST_F(Partitioning, ADatabaseWithRowsKeepsThemAllAndItsBooksAgree) {
  const auto indexes = [&](const std::string& name) {
    return database_.sql("SELECT '" + name + "'::regclass::oid::text || pg_relation_filenode('" + name +
                         "')");
  };
  const auto before = indexes("orders_pkey") + indexes("orders") + indexes("events_sequence");
  migrate();
  EXPECT_EQ(indexes("orders_early_pkey") + indexes("orders_early") + indexes("events_early_sequence"), before)
      << "nothing is copied and no index made anew";
  EXPECT_EQ(
      database_.sql("SELECT string_agg(number || tableoid::regclass::text, ' ' ORDER BY number) FROM orders"),
      "1orders_early 2orders_early");
  EXPECT_EQ(database_.number("SELECT count(*) FROM events_early"), 2);
  EXPECT_EQ(database_.number("SELECT count(*) FROM stock_ledger_early"), 1);
  EXPECT_EQ(differences(), 0U);
  EXPECT_EQ(add_order(kNow, 3), "3") << "the numbers of orders go on";
  sql("UPDATE event_log_head SET position = 3");
  EXPECT_EQ(differences(), 0U);
}

TEST_F(Partitioning, UnpaidOrdersOfBeforeAreLookedAtByTheClock) {
  sql("UPDATE carts SET stage = 'expired', next_deadline = NULL WHERE id = (SELECT min(id::text)::uuid FROM "
      "carts)");
  sql("INSERT INTO carts (id, stage, version, sku_ids, quantities, held, deadlines, next_deadline, "
      "updated_at) "
      "VALUES (gen_random_uuid(), 'cart', 1, '{}', '{}', '{}', '{}', now() + interval '1 hour', now())");
  migrate();
  EXPECT_EQ(database_.sql(
                "SELECT string_agg(stage::text || (next_deadline <= now()), ' ' ORDER BY stage) FROM carts"),
            "cartfalse checkouttrue expiredtrue");
  EXPECT_EQ(database_.number("SELECT count(DISTINCT next_deadline) FROM carts"), 3)
      << "pages of them are found by their bounds";
}

TEST_F(Partitioning, RowsOfAClockThatIsYearsOffAreTakenAlong) {
  add_order(*parse_rfc3339("2093-03-03T00:00:00Z"), 3);
  sql("UPDATE event_log_head SET position = 3");
  migrate();
  EXPECT_EQ(database_.number("SELECT count(*) FROM orders_early"), 3);
  EXPECT_EQ(differences(), 0U);
}

TEST_F(Partitioning, NumbersOfOrdersThatWereGivenAndNeverUsedAreNotGivenAgain) {
  sql("SELECT nextval('orders_number_seq')");
  migrate();
  EXPECT_EQ(add_order(kNow, 3), "4");
}

}  // namespace
}  // namespace shopflow::app
