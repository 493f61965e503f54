#include <gtest/gtest.h>

#include "app/audit_repository.hpp"
#include "shopflow/db/statement.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/generic_plan.hpp"
#include "support/test_database.hpp"

namespace shopflow::app {
namespace {

// A rush adds a hundred thousand orders before anybody renews the statistics. An audit that believed them and
// compared each row of one table with each of another would not end.
TEST(AuditPlans, NoTwoTablesAreComparedRowByRowWhateverTheStatisticsSay) {
  const testing::TestDatabase database;
  database.sql(R"(
INSERT INTO order_allocations (order_id, state, sku_ids, quantities, shipped, applied, updated_at)
VALUES (gen_random_uuid(), 'sold', '{}', '{}', '{}', '{}', now()))");
  database.sql("ANALYZE");
  db::Connection connection{database.settings()};
  int looped_before = 0;
  std::size_t seen = 0;
  connection.transact([&](db::Transaction& tx) {
    for (const auto* statement : db::Statement::all()) {
      if (!testing::is_of_the_audit(*statement)) continue;
      if (testing::compares_row_by_row(testing::generic_plan(tx, *statement))) ++looped_before;
    }
  });
  connection.transact([&](db::Transaction& tx) {
    take_snapshot(tx);
    for (const auto* statement : db::Statement::all()) {
      if (!testing::is_of_the_audit(*statement)) continue;
      ++seen;
      const auto plan = testing::generic_plan(tx, *statement);
      EXPECT_FALSE(testing::compares_row_by_row(plan)) << statement->name() << "\n" << plan;
    }
  });
  EXPECT_GE(seen, 25U);
  EXPECT_GT(looped_before, 0) << "the statistics of this test mislead nobody";
}

}  // namespace
}  // namespace shopflow::app
