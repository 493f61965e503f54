#include <gtest/gtest.h>

#include "shopflow/db/array.hpp"
#include "shopflow/db/connection.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::db {
namespace {

const Statement kUpdateBatch{"plan_renewal_test.update_batch", R"(
UPDATE numbers SET hits = hits + 1 FROM (SELECT unnest($1::int4[])) AS hit (n) WHERE numbers.n = hit.n
)"};

const Statement kInsert{"plan_renewal_test.insert", "INSERT INTO numbers (n) VALUES ($1)"};

// With statistics of an empty table, PostgreSQL reads it as a whole and compares each row with each of the
// batch.
TEST(PlanRenewal, APlanForAnEmptyTableIsNotKeptWhileItFills) {
  const auto compares = [](Transaction& tx) {
    const auto lines = tx.exec_text("EXPLAIN EXECUTE \"plan_renewal_test.update_batch\" ('{1}')");
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].next<std::string>().contains("Join Filter")) return true;
    }
    return false;
  };
  const testing::TestDatabase database;
  database.sql("CREATE TABLE numbers (n integer PRIMARY KEY, hits integer NOT NULL DEFAULT 0)");
  database.sql("VACUUM ANALYZE numbers");
  auto settings = database.settings();
  settings.rows_by_key = true;
  Connection batches{settings};
  bool compared_while_empty = false;
  bool compared_while_it_filled = false;
  batches.transact([&](Transaction& tx) {
    IntArray none;
    tx.exec(kUpdateBatch, none);
    compared_while_empty = compares(tx);
    tx.exec_text("INSERT INTO numbers (n) SELECT generate_series(1, 10000)");
    compared_while_it_filled = compares(tx);
  });
  EXPECT_TRUE(compared_while_empty && compared_while_it_filled)
      << "the statistics of this test mislead nobody";
  // As an idle handler looks for work; it is by writing that a session fills a table.
  batches.read([&](Transaction& tx) { EXPECT_TRUE(compares(tx)); });
  batches.transact([&](Transaction& tx) { EXPECT_FALSE(compares(tx)); });
}

TEST(PlanRenewal, ASessionThatBrokeBeforeItsPlansWereDueIsReplacedAndTheWorkDoneOnce) {
  const testing::TestDatabase database;
  database.sql("CREATE TABLE numbers (n integer PRIMARY KEY, hits integer NOT NULL DEFAULT 0)");
  Connection connection{database.settings()};
  connection.transact([](Transaction& tx) { tx.exec(kInsert, 1); });
  EXPECT_EQ(database.terminate_sessions(), 1);
  connection.transact([](Transaction& tx) { tx.exec(kInsert, 2); });
  EXPECT_EQ(database.terminate_sessions(), 1);
  connection.run_alone([](Transaction& tx) { tx.exec(kInsert, 3); });
  EXPECT_EQ(database.number("SELECT count(*) FROM numbers"), 3);
}

}  // namespace
}  // namespace shopflow::db
