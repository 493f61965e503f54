#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <map>
#include <memory>
#include <set>
#include <string>

#include "shopflow/db/statement.hpp"
#include "support/test_database.hpp"

namespace shopflow::db {
namespace {

using Session = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

TEST(Statements, EachOfThemPreparesAgainstAFreshDatabase) {
  const shopflow::testing::TestDatabase database;
  const Session session{PQconnectdb(database.url().c_str()), &PQfinish};
  ASSERT_EQ(PQstatus(session.get()), CONNECTION_OK);
  // Fewer would mean that the linker has left out the rooms.
  ASSERT_GT(Statement::all().size(), 60U);
  for (const auto* statement : Statement::all()) {
    const Answer answer{PQprepare(session.get(), statement->name(), statement->sql(), 0, nullptr), &PQclear};
    EXPECT_EQ(PQresultStatus(answer.get()), PGRES_COMMAND_OK)
        << statement->name() << ": " << PQresultErrorMessage(answer.get());
  }
}

/// The indexes of the plan that any values of the parameters get.
void collect_indexes(PGconn* session, const Statement& statement, std::set<std::string>& indexes) {
  const Answer described{PQdescribePrepared(session, statement.name()), &PQclear};
  std::string values;
  for (int i = 0; i < PQnparams(described.get()); ++i) values += i == 0 ? "(NULL" : ", NULL";
  const auto name = '"' + std::string{statement.name()} + '"';
  const auto explain = "EXPLAIN EXECUTE " + name + (values.empty() ? "" : values + ")");
  const Answer plan{PQexec(session, explain.c_str()), &PQclear};
  ASSERT_EQ(PQresultStatus(plan.get()), PGRES_TUPLES_OK) << name << PQresultErrorMessage(plan.get());
  const bool is_sorted = std::string_view{statement.sql()}.contains("ORDER BY");
  for (int row = 0; row < PQntuples(plan.get()); ++row) {
    const std::string line = PQgetvalue(plan.get(), row, 0);
    // An index that is read from end to end is of no more use than the table, unless for its order.
    const bool is_looked_up = row + 1 < PQntuples(plan.get()) &&
                              std::string_view{PQgetvalue(plan.get(), row + 1, 0)}.contains("Index Cond:");
    if (!is_looked_up && !is_sorted) continue;
    for (const std::string marker : {" using ", "Bitmap Index Scan on "}) {
      const auto at = line.find(marker);
      if (at == std::string::npos) continue;
      const auto from = at + marker.size();
      indexes.insert(line.substr(from, line.find(' ', from) - from));
    }
  }
}

/// Each index costs every insert, and keeps updates of its columns from staying on their page.
TEST(Statements, EachIndexIsUsedByOneOfThemOrKeepsSomethingUnique) {
  const shopflow::testing::TestDatabase database;
  // Over an empty table every index is as good as another.
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
  const Session session{PQconnectdb(database.url().c_str()), &PQfinish};
  for (const auto* statement : Statement::all())
    const Answer prepared{PQprepare(session.get(), statement->name(), statement->sql(), 0, nullptr),
                          &PQclear};
  std::set<std::string> used;
  // As the program's sessions plan: those that touch rows by their keys, and the others.
  for (const char* joins : {"on", "off"}) {
    const auto settings =
        std::string{"DISCARD PLANS; SET plan_cache_mode = 'force_generic_plan'; SET enable_seqscan = off; "} +
        "SET enable_hashjoin = " + joins + "; SET enable_mergejoin = " + joins;
    const Answer set{PQexec(session.get(), settings.c_str()), &PQclear};
    for (const auto* statement : Statement::all()) collect_indexes(session.get(), *statement, used);
  }
  // Those of partitions count for the one of their table.
  const Answer all{PQexec(session.get(), R"(
SELECT coalesce(pg_partition_root(i.indexrelid), i.indexrelid)::regclass::text, i.indexrelid::regclass::text
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique ORDER BY 1
)"),
                   &PQclear};
  ASSERT_GT(PQntuples(all.get()), 5);
  std::map<std::string, bool> serves;
  for (int row = 0; row < PQntuples(all.get()); ++row)
    serves[PQgetvalue(all.get(), row, 0)] |= used.contains(PQgetvalue(all.get(), row, 1));
  for (const auto& [index, does] : serves) EXPECT_TRUE(does) << index << " serves no statement";
}

/// The partitions of the table that the statement reads with these parameters, as the server's sessions plan:
/// once, whatever the parameters, and leaving out partitions when it is run: before it begins with them or,
/// where it looks up key by key, before it reaches them.
std::set<std::string> partitions_read(PGconn* session, const std::string& statement,
                                      const std::string& parameters) {
  const auto explain = "EXPLAIN (ANALYZE) EXECUTE \"" + statement + "\" (" + parameters + ")";
  const Answer plan{PQexec(session, explain.c_str()), &PQclear};
  EXPECT_EQ(PQresultStatus(plan.get()), PGRES_TUPLES_OK) << statement << PQresultErrorMessage(plan.get());
  std::set<std::string> read;
  for (int row = 0; row < PQntuples(plan.get()); ++row) {
    const std::string line = PQgetvalue(plan.get(), row, 0);
    EXPECT_FALSE(line.contains("Seq Scan on ")) << statement << ": " << line;
    const auto index = line.find(" using ");
    if (index == std::string::npos || line.contains("(never executed)")) continue;
    const auto from = line.find(" on ", index) + 4;
    read.insert(line.substr(from, line.find(' ', from) - from));
  }
  return read;
}

TEST(Statements, ThoseThatKnowTheTimeLeaveOutPartitionsOfOtherTimes) {
  const shopflow::testing::TestDatabase database;
  while (!database.sql("SELECT next_partition(now() + interval '4 years')").empty()) continue;
  for (const auto* head : {"6000000", "16000000"}) {
    database.sql("UPDATE event_log_head SET position = " + std::string{head});
    while (!database.sql("SELECT next_partition(now())").empty()) continue;
  }
  const Session session{PQconnectdb(database.url().c_str()), &PQfinish};
  const Answer set{PQexec(session.get(),
                          "SET plan_cache_mode = 'force_generic_plan'; SET enable_seqscan = off; "
                          "SET enable_hashjoin = off; SET enable_mergejoin = off"),
                   &PQclear};
  for (const auto* statement : Statement::all())
    const Answer prepared{PQprepare(session.get(), statement->name(), statement->sql(), 0, nullptr),
                          &PQclear};
  using Partitions = std::set<std::string>;
  const std::string id = "uuid7_floor('2028-03-01'::timestamptz)";
  const std::string two = id + ", uuid7_floor('2028-04-01'::timestamptz)";
  EXPECT_EQ(partitions_read(session.get(), "orders.read", id), Partitions{"orders_2028"});
  EXPECT_EQ(partitions_read(session.get(), "orders.load", "ARRAY[" + two + "], " + two),
            Partitions{"orders_2028"});
  EXPECT_EQ(partitions_read(session.get(), "orders.carts_of", "ARRAY[" + two + "], " + two),
            Partitions{"orders_2028"});
  EXPECT_EQ(partitions_read(session.get(), "orders.save",
                            "ARRAY[" + id +
                                "], '{paid}', '{2}', '{2}', '{0}', '{0}', '{x}', '{x}', '{1}', '{1}', "
                                "'{0}', now()"),
            Partitions{"orders_2028"});
  EXPECT_EQ(partitions_read(session.get(), "events.find", "10000000"), Partitions{"events_10000000"});
  EXPECT_EQ(partitions_read(session.get(), "events.read_after", "20000000, 100"),
            (Partitions{"events_20000000", "events_later"}));
  EXPECT_EQ(partitions_read(session.get(), "events.list_newest", "19999999, 10000001, NULL, 10"),
            Partitions{"events_10000000"});
}

TEST(Statements, NoTwoHaveTheSameName) {
  std::set<std::string_view> names;
  for (const auto* statement : Statement::all())
    EXPECT_TRUE(names.insert(statement->name()).second) << statement->name();
}

TEST(Statements, EachIsNamedAfterTheRoomOrTheTableThatItServes) {
  for (const auto* statement : Statement::all())
    EXPECT_NE(std::string_view{statement->name()}.find('.'), std::string_view::npos) << statement->name();
}

}  // namespace
}  // namespace shopflow::db
