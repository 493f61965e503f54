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

TEST_F(AuditLogEnds, EventsThatAreNotThereAreFoundInTheLogAndInTheirAggregate) {
  const std::string sku = "00000000-0000-7000-8000-000000000001";
  for (const auto* position : {"1", "2", "3"})
    database.sql(std::string{"INSERT INTO events VALUES ("} + position +
                 ", gen_random_uuid(), 'CartMade', 1, 'note', '" + sku + "', " + position +
                 ", now(), '', '{}')");
  database.sql("UPDATE event_log_head SET position = 3");
  EXPECT_EQ(found(), Lines{});
  database.sql("DELETE FROM events WHERE position = 2");
  EXPECT_EQ(found(),
            (Lines{"events are counted without gaps: " + sku, "events are counted without gaps: log"}));
}

TEST_F(AuditLogEnds, UnitsThatNobodyHoldsAndHoldsWithoutUnitsAreFound) {
  const auto owners = [&] { return testing::found_differences(database, audit_owners); };
  const auto one = testing::add_sku(database, "MUG", "Mug");
  const auto other = testing::add_sku(database, "CUP", "Cup");
  for (const auto& sku : {one, other})
    database.sql("INSERT INTO stock (sku_id, on_hand, held) VALUES (" + testing::quoted(sku.value) +
                 ", 9, 2)");
  const auto cart = [&](const SkuId& sku, const std::string& stage, int held) {
    database.sql("INSERT INTO carts VALUES (gen_random_uuid(), '" + stage + "', 1, NULL, ARRAY[" +
                 testing::quoted(sku.value) + "::uuid], '{2}', '{" + std::to_string(held) +
                 "}', '{now}', NULL, 0, now())");
  };
  cart(one, "cart", 2);
  // Of a cart that became an order only the order owns them.
  cart(other, "checkout", 2);
  EXPECT_EQ(owners(), Lines{"held units have owners: " + other.str()});
  const auto order =
      testing::add_order(database, {"pending_payment", {{other, 2}}, 0, {}, {}}, SystemClock{}.now());
  EXPECT_EQ(owners(), Lines{});
  const auto allocated = [&](const std::string& state) {
    database.sql("DELETE FROM order_allocations");
    database.sql("INSERT INTO order_allocations VALUES (" + testing::quoted(order.value) + ", '" + state +
                 "', ARRAY[" + testing::quoted(other.value) + "::uuid], '{2}', '{0}', '{}', now())");
  };
  allocated("held");
  EXPECT_EQ(owners(), Lines{});
  for (const auto* state : {"sold", "freed"}) {
    allocated(state);
    EXPECT_EQ(owners(), Lines{"held units have owners: " + other.str()});
  }
  // Money that came late for units that were given up is about to take them again.
  database.sql("UPDATE orders SET state = 'paid', captured = total");
  EXPECT_EQ(owners(), Lines{});
  cart(one, "cart", 2);
  EXPECT_EQ(owners(), Lines{"held units have owners: " + one.str()});
}

}  // namespace
}  // namespace shopflow::app
