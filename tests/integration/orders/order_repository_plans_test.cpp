#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "shopflow/db/statement.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/generic_plan.hpp"
#include "support/test_database.hpp"

namespace shopflow::orders {
namespace {

// A session plans a statement once. A server that starts with an empty database must not keep a plan that
// reads whole tables: the shop's first rush would be over before the statistics say otherwise.
TEST(GenericPlans, NoBatchReadsAWholeTableEvenIfItsPlanIsMadeWhileTheTablesAreEmpty) {
  const testing::TestDatabase database;
  auto settings = database.settings();
  settings.rows_by_key = true;
  db::Connection connection{std::move(settings)};
  std::set<std::string> seen;
  connection.transact([&](db::Transaction& tx) {
    for (const auto* statement : db::Statement::all()) {
      const std::string_view sql{statement->sql()};
      const bool batch = sql.find("unnest($") != std::string_view::npos ||
                         sql.find("= ANY ($") != std::string_view::npos ||
                         statement->name() == std::string_view{"inventory.stock_page"};
      if (!batch) continue;
      const auto plan = testing::generic_plan(tx, *statement);
      seen.insert(statement->name());
      // The head of the event log and the catalogue's revision have one row.
      const std::regex whole_table{
          "Seq Scan on (?!event_log_head|catalog_revision)|Index Cond: \\(location_id = "};
      EXPECT_FALSE(std::regex_search(plan, whole_table)) << statement->name() << "\n" << plan;
      // Few keys are in use.
      if (statement->name() == std::string_view{"access.find_keys"}) continue;
      EXPECT_FALSE(testing::compares_row_by_row(plan)) << statement->name() << "\n" << plan;
    }
  });
  EXPECT_TRUE(seen.contains("inventory.stock_page"));
  EXPECT_TRUE(seen.contains("carts.update"));
  EXPECT_TRUE(seen.contains("orders.place_quickly"));
  EXPECT_TRUE(seen.contains("inventory.save"));
  EXPECT_TRUE(seen.contains("inventory.update_allocations"));
  EXPECT_GE(seen.size(), 5U);
}

TEST(GenericPlans, ThatCompareRowByRowAreKnownByTheirConditions) {
  using testing::compares_row_by_row;
  EXPECT_TRUE(compares_row_by_row("Join Filter: (o.id = c.id)"));
  EXPECT_TRUE(
      compares_row_by_row("  Join Filter: ((o_1.id = c_1.id) AND (o_1.version = (c_1.version - 1)))\n"));
  EXPECT_TRUE(compares_row_by_row("Join Filter: (p.shown AND (k.product_id = p.id))"));
  EXPECT_TRUE(compares_row_by_row("Join Filter: (known.id = (unnest($1)))"));
  EXPECT_FALSE(compares_row_by_row("Index Cond: (o.id = c.id)"));
  EXPECT_FALSE(compares_row_by_row("Join Filter: ((p.status = 'active'::product_status))"));
}

}  // namespace
}  // namespace shopflow::orders
