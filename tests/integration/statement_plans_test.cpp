#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/db/statement.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/generic_plan.hpp"
#include "support/test_database.hpp"

namespace shopflow::db {
namespace {

using testing::compares_row_by_row;
using testing::generic_plan;
using testing::reads_all_for_a_key;
using testing::TestDatabase;

/// The sessions of the program: those of the lanes and handlers touch rows by their keys.
enum class Joins { any, by_key };

ConnectionSettings settings_of(const TestDatabase& database, Joins joins) {
  auto settings = database.settings();
  settings.rows_by_key = joins == Joins::by_key;
  return settings;
}

const Statement& statement(std::string_view name) {
  for (const auto* one : Statement::all()) {
    if (one->name() == name) return *one;
  }
  throw std::invalid_argument{"there is no statement " + std::string{name}};
}

/// The first column, or its expression, of each index.
std::map<std::string, std::string> first_columns(Transaction& tx) {
  const auto rows = tx.exec_text(R"(
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid, 1, true)
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace
)");
  std::map<std::string, std::string> columns;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto name = row.next<std::string>();
    columns[std::move(name)] = row.next<std::string>();
  }
  return columns;
}

// A session plans a statement once. A server that starts with an empty database must not keep a plan that
// reads whole tables: the shop's first rush would be over before the statistics say otherwise.
TEST(StatementPlans, NoBatchReadsAWholeTableEvenIfItsPlanIsMadeWhileTheTablesAreEmpty) {
  const TestDatabase database;
  Connection connection{settings_of(database, Joins::by_key)};
  std::set<std::string> seen;
  connection.transact([&](Transaction& tx) {
    for (const auto* statement : Statement::all()) {
      const std::string_view sql{statement->sql()};
      const bool batch = sql.find("unnest($") != std::string_view::npos ||
                         sql.find("= ANY ($") != std::string_view::npos ||
                         statement->name() == std::string_view{"inventory.stock_page"};
      if (!batch || testing::is_of_the_audit(*statement)) continue;
      const auto plan = generic_plan(tx, *statement);
      seen.insert(statement->name());
      // The head of the event log, the counter of pick lists and the catalogue's revision have one row.
      const std::regex whole_table{"Seq Scan on (?!event_log_head|pick_list_counter|catalog_revision)"};
      EXPECT_FALSE(std::regex_search(plan, whole_table)) << statement->name() << "\n" << plan;
      // Few keys are in use.
      if (statement->name() == std::string_view{"access.find_keys"}) continue;
      EXPECT_FALSE(compares_row_by_row(plan)) << statement->name() << "\n" << plan;
    }
  });
  EXPECT_TRUE(seen.contains("inventory.stock_page"));
  EXPECT_TRUE(seen.contains("carts.update"));
  EXPECT_TRUE(seen.contains("orders.place_quickly"));
  EXPECT_TRUE(seen.contains("inventory.save"));
  EXPECT_TRUE(seen.contains("inventory.update_allocations"));
  EXPECT_GE(seen.size(), 5U);
}

TEST(StatementPlans, ThatCompareRowByRowAreKnownByTheirConditions) {
  EXPECT_TRUE(compares_row_by_row("Join Filter: (o.id = c.id)"));
  EXPECT_TRUE(
      compares_row_by_row("  Join Filter: ((o_1.id = c_1.id) AND (o_1.version = (c_1.version - 1)))\n"));
  EXPECT_TRUE(compares_row_by_row("Join Filter: (p.shown AND (k.product_id = p.id))"));
  EXPECT_TRUE(compares_row_by_row("Join Filter: (known.id = (unnest($1)))"));
  EXPECT_FALSE(compares_row_by_row("Index Cond: (o.id = c.id)"));
  EXPECT_FALSE(compares_row_by_row("Join Filter: ((p.status = 'active'::product_status))"));
}

// Over an empty table all indexes cost the same, and a session keeps the plan that it has made then: one that
// reads an index from end to end for each key would do so while the table fills, until PostgreSQL looks at it
// again.
void expect_keys_to_be_looked_up(const TestDatabase& database, Joins joins, bool filters_count) {
  Connection connection{settings_of(database, joins)};
  connection.transact([&](Transaction& tx) {
    const auto columns = first_columns(tx);
    ASSERT_GT(columns.size(), 20U);
    for (const auto* statement : Statement::all()) {
      // The audit has a session of the other kind.
      if (joins == Joins::by_key && testing::is_of_the_audit(*statement)) continue;
      const bool reads_all = testing::is_of_the_audit(*statement) ||
                             statement->name() == std::string_view{"catalog.list_by_price"};
      const auto plan = generic_plan(tx, *statement);
      for (const auto& use : testing::uses_of_indexes(plan)) {
        if (use.condition.empty() && (!filters_count || reads_all)) continue;
        EXPECT_FALSE(reads_all_for_a_key(use, columns.at(use.index)))
            << statement->name() << " looks for " << use.condition << use.filter << " in " << use.index
            << "\n"
            << plan;
      }
    }
  });
}

TEST(StatementPlans, NoneLooksForAKeyInAnIndexThatBeginsWithSomethingElse) {
  const TestDatabase database;
  while (!database.sql("SELECT next_partition(now() + interval '2 years')").empty()) continue;
  for (const auto joins : {Joins::any, Joins::by_key}) expect_keys_to_be_looked_up(database, joins, true);
  // As a partition is that was made ahead of its time. That a whole table of nothing is as good as any
  // look-up can't be helped; sessions that write make such plans anew (db/plan_renewal.hpp).
  database.sql("VACUUM ANALYZE");
  for (const auto joins : {Joins::any, Joins::by_key}) expect_keys_to_be_looked_up(database, joins, false);
}

TEST(StatementPlans, ThatReadAllOfAnIndexForAKeyAreKnownByTheirConditions) {
  const auto of = [](std::string condition, std::string filter) {
    return testing::IndexUse{"orders_email", "orders", std::move(condition), std::move(filter), true};
  };
  EXPECT_FALSE(reads_all_for_a_key(of("((lower(email) = $1) AND (id < $2))", ""), "lower(email)"));
  EXPECT_FALSE(reads_all_for_a_key(of("(o.id = unnest)", ""), "id"));
  EXPECT_FALSE(reads_all_for_a_key(of("", "(sellable AND (on_hand > held))"), "id"));
  EXPECT_TRUE(reads_all_for_a_key(of("(id = $1)", ""), "lower(email)"));
  EXPECT_TRUE(reads_all_for_a_key(of("(order_id = $1)", ""), "id"));
  EXPECT_TRUE(reads_all_for_a_key(of("", "(product_id = p.id)"), "code"));
  EXPECT_TRUE(reads_all_for_a_key(of("", "((code = ANY ($1)) AND (id <> ALL ($2)))"), "product_id"));
}

/// A shop of 5,000 products, with an order, a shipment and a notice for each.
void fill(const TestDatabase& database) {
  database.sql(R"(
INSERT INTO products (id, version, name, description, category, status, created_at, updated_at)
SELECT gen_random_uuid(), 1, 'Mug ' || i, '', 'mugs-' || i % 50, 'active', now(), now() FROM generate_series(1, 5000) AS i
)");
  database.sql(R"(
INSERT INTO skus (id, product_id, version, code, name, price, currency, weight_grams, created_at, updated_at)
SELECT gen_random_uuid(), id, 1, name, '', 100, 'EUR', 1, now(), now() FROM products
)");
  database.sql(R"(
INSERT INTO shipments (id, order_id, state, version, carrier, tracking_number, sku_ids, quantities, created_at, updated_at)
SELECT gen_random_uuid(), id, 'label_created', 1, 'carrier', name, '{}', '{}', now(), now() FROM products
)");
  database.sql(R"(
INSERT INTO webhook_events (provider, event_id, received_at) SELECT 'carrier:carrier', id, now() FROM products
)");
  database.sql(R"(
INSERT INTO orders (id, cart_id, state, version, event_sequence, email, shipping_address, shipping_method, currency, subtotal,
                    shipping, tax, total, line_skus, line_codes, line_names, line_quantities, line_prices, line_taxes,
                    line_totals, line_shipped, created_at, updated_at)
SELECT uuid7_floor(now() - i * interval '1 minute'), gen_random_uuid(), 'paid', 1, 1, i || '@example.org', '', '', 'EUR', 0, 0, 0,
       0, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', now(), now()
FROM generate_series(1, 5000) AS i
)");
  database.sql("ANALYZE");
}

// A page that read all pages before it once more would make a crawl of the catalogue cost its square.
TEST(StatementPlans, PagesOfListsBeginWhereTheLastOneEnded) {
  const TestDatabase database;
  fill(database);
  Connection connection{settings_of(database, Joins::any)};
  connection.transact([&](Transaction& tx) {
    const std::map<std::string, std::string> conditions{
        {"catalog.list_newest", "(id < $5)"},
        {"catalog.list_newest_of_category", "((category = $1) AND (id < $5))"},
        {"catalog.list_by_name", "(ROW(name, id) > ROW("},
        {"catalog.list_by_name_of_category", "((category = $1) AND (ROW(name, id) > ROW("},
        {"catalog.list_admin", "(id < $3)"},
        {"orders.list", "(id < $2)"},
        {"orders.list_of_email", "((lower(email) = lower($4)) AND (id < $2))"},
        {"inventory.list_ledger", "((sku_id = $1) AND (id < $2))"},
        {"access.list_keys", "(id > $1)"},
        {"access.list_audit_log", "(\"position\" < $1)"},
        {"events.list_newest", "((\"position\" < $1) AND (\"position\" >= $2))"}};
    for (const auto& [name, condition] : conditions) {
      const auto plan = generic_plan(tx, statement(name));
      EXPECT_TRUE(std::ranges::any_of(testing::uses_of_indexes(plan),
                                      [&](const auto& use) { return use.condition.starts_with(condition); }))
          << name << " does not enter an index by " << condition << "\n"
          << plan;
      EXPECT_FALSE(plan.contains("Sort Key")) << name << "\n" << plan;
    }
  });
}

/// Each index costs every insert, and keeps updates of its columns from staying on their page.
TEST(StatementPlans, EachIndexIsUsedByOneOfThemOrKeepsSomethingUnique) {
  const TestDatabase database;
  // Over an empty table every index is as good as another.
  fill(database);
  std::set<std::string> used;
  for (const auto joins : {Joins::any, Joins::by_key}) {
    Connection connection{settings_of(database, joins)};
    connection.transact([&](Transaction& tx) {
      const auto columns = first_columns(tx);
      for (const auto* statement : Statement::all()) {
        const bool is_sorted = std::string_view{statement->sql()}.contains("ORDER BY");
        for (const auto& use : testing::uses_of_indexes(generic_plan(tx, *statement))) {
          // One that is read from end to end is of no more use than the table, unless for its order.
          const bool in_order = is_sorted && use.condition.empty();
          if (in_order || use.condition.contains(columns.at(use.index))) used.insert(use.index);
        }
      }
    });
  }
  // Those of partitions count for the one of their table.
  Connection connection{database.settings()};
  connection.transact([&](Transaction& tx) {
    const auto rows = tx.exec_text(R"(
SELECT coalesce(pg_partition_root(i.indexrelid), i.indexrelid)::regclass::text, i.indexrelid::regclass::text
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique ORDER BY 1
)");
    ASSERT_GT(rows.size(), 5U);
    std::map<std::string, bool> serves;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      const auto of_table = row.next<std::string>();
      serves[of_table] |= used.contains(row.next<std::string>());
    }
    for (const auto& [index, does] : serves) EXPECT_TRUE(does) << index << " serves no statement";
  });
}

/// The partitions of the table that the statement reads with these parameters, as the server's sessions plan:
/// once, whatever the parameters, and leaving out partitions when it is run: before it begins with them or,
/// where it looks up key by key, before it reaches them.
std::set<std::string> partitions_read(Transaction& tx, std::string_view name, const std::string& parameters) {
  const auto plan = testing::plan_of_run(tx, statement(name), parameters);
  EXPECT_FALSE(plan.contains("Seq Scan on ")) << name << "\n" << plan;
  std::set<std::string> read;
  for (const auto& use : testing::uses_of_indexes(plan)) {
    if (use.is_executed) read.insert(use.table);
  }
  return read;
}

TEST(StatementPlans, ThoseThatKnowTheTimeLeaveOutPartitionsOfOtherTimes) {
  const TestDatabase database;
  while (!database.sql("SELECT next_partition(now() + interval '4 years')").empty()) continue;
  for (const auto* head : {"6000000", "16000000"}) {
    database.sql("UPDATE event_log_head SET position = " + std::string{head});
    while (!database.sql("SELECT next_partition(now())").empty()) continue;
  }
  Connection connection{settings_of(database, Joins::by_key)};
  connection.transact([&](Transaction& tx) {
    using Partitions = std::set<std::string>;
    const std::string id = "uuid7_floor('2028-03-01'::timestamptz)";
    const std::string two = id + ", uuid7_floor('2028-04-01'::timestamptz)";
    EXPECT_EQ(partitions_read(tx, "orders.read", id), Partitions{"orders_2028"});
    EXPECT_EQ(partitions_read(tx, "orders.load", "ARRAY[" + two + "]"), Partitions{"orders_2028"});
    EXPECT_EQ(partitions_read(tx, "orders.carts_of", "ARRAY[" + two + "]"), Partitions{"orders_2028"});
    EXPECT_EQ(partitions_read(tx, "orders.save",
                              "ARRAY[" + id +
                                  "], '{paid}', '{2}', '{2}', '{0}', '{0}', '{x}', '{x}', '{1}', '{1}', "
                                  "'{0}', now()"),
              Partitions{"orders_2028"});
    EXPECT_EQ(partitions_read(tx, "events.find", "10000000"), Partitions{"events_10000000"});
    EXPECT_EQ(partitions_read(tx, "events.read_after", "20000000, 100"),
              (Partitions{"events_20000000", "events_later"}));
    EXPECT_EQ(partitions_read(tx, "events.list_newest", "19999999, 10000001, NULL, 10"),
              Partitions{"events_10000000"});
  });
}

}  // namespace
}  // namespace shopflow::db
