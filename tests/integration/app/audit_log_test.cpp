#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "app/audit_repository.hpp"
#include "integration/app/found_differences.hpp"
#include "support/shop_rows.hpp"
#include "support/test_database.hpp"

namespace shopflow::app {
namespace {

class AuditLogEnds : public ::testing::Test {
 protected:
  /// What it finds, in the order of the alphabet.
  std::vector<std::string> found() {
    auto all = testing::found_differences(database, audit_log);
    std::ranges::sort(all);
    return all;
  }
  using Lines = std::vector<std::string>;

  testing::TestDatabase database;
};

TEST_F(AuditLogEnds, TheLastEventOfASkuThatIsGoneIsFound) {
  const auto sku = testing::add_sku(database, "MUG", "Mug");
  database.sql("INSERT INTO stock (sku_id, on_hand) VALUES (" + testing::quoted(sku.value) + ", 1)");
  EXPECT_EQ(found(), Lines{});
  database.sql("UPDATE stock SET event_sequence = 1");
  EXPECT_EQ(found(), Lines{"the last event of what changes is there: " + to_hyphenated(sku.value)});
  database.sql("INSERT INTO events VALUES (1, gen_random_uuid(), 'StockChanged', 1, 'sku', " +
               testing::quoted(sku.value) + ", 1, now(), '', '{}')");
  database.sql("UPDATE event_log_head SET position = 1");
  EXPECT_EQ(found(), Lines{});
}

TEST_F(AuditLogEnds, AHandlerWithoutAPlaceInTheLogIsFound) {
  for (const auto* handler : {"email", "inventory", "analytics", "warehouse"})
    database.sql("INSERT INTO handler_cursors VALUES ('" + std::string{handler} + "', 0)");
  EXPECT_EQ(found(), Lines{});  // A server has just been started for the first time.
  database.sql("UPDATE handler_cursors SET position = 1 WHERE handler = 'email'");
  EXPECT_EQ(found(), Lines{"a handler has its place in the log: notification"});
  database.sql("INSERT INTO handler_cursors VALUES ('notification', 0)");
  EXPECT_EQ(found(), Lines{});
}

}  // namespace
}  // namespace shopflow::app
