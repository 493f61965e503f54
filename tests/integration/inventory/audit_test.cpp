#include "shopflow/inventory/audit.hpp"

#include "integration/inventory/fixture.hpp"

namespace shopflow::inventory {
namespace {

class StockAuditTest : public InventoryTest {
 protected:
  std::vector<std::string> checks() {
    std::vector<std::string> names;
    connection_.read([&](db::Transaction& tx) {
      for (const auto& one : audit_stock(tx)) {
        names.push_back(one.check + ": " + std::to_string(one.expected) + " but " +
                        std::to_string(one.found));
      }
    });
    return names;
  }
  void allocate(const SkuId& sku, const std::string& state, int quantity, int shipped) {
    database_.sql(
        "INSERT INTO order_allocations (order_id, state, sku_ids, quantities, shipped, updated_at) VALUES "
        "('" +
        to_hyphenated(make_uuid7(now_)) + "', '" + state + "', '{" + to_hyphenated(sku.value) + "}', '{" +
        std::to_string(quantity) + "}', '{" + std::to_string(shipped) + "}', now())");
  }
  using Checks = std::vector<std::string>;
};

TEST_F(StockAuditTest, BooksThatAreRightShowNoDifference) {
  const auto one = add_sku(0);
  move({one}, [&](StockBook& book) {
    book.receive(one, 10, {"admin", {}, {}});
    EXPECT_TRUE(book.hold(one, 5, {"cart", {}, {}}));
    book.sell(one, 2, {"order", {}, {}});
    book.ship(one, 1, {"shipment", {}, {}});
  });
  allocate(one, "sold", 2, 1);
  allocate(one, "held", 3, 0);
  allocate(one, "freed", 9, 0);
  EXPECT_EQ(checks(), Checks{});
}

TEST_F(StockAuditTest, CountersWithoutALedgerAreFound) {
  const auto one = add_sku(5, 2, 1);
  allocate(one, "sold", 1, 0);
  EXPECT_EQ(checks(),
            (Checks{"stock.held equals the ledger: 0 but 2", "stock.on_hand equals the ledger: 0 but 5",
                    "stock.sold equals the ledger: 0 but 1"}));
}

TEST_F(StockAuditTest, ALedgerWithoutAStockRowIsFound) {
  const auto one = add_sku(0);
  move({one}, [&](StockBook& book) { book.receive(one, 4, {"admin", {}, {}}); });
  database_.sql("DELETE FROM stock");
  EXPECT_EQ(checks(), Checks{"stock.on_hand equals the ledger: 4 but 0"});
}

TEST_F(StockAuditTest, AllocationsWithoutTheirUnitsAreFound) {
  const auto one = add_sku(0);
  move({one}, [&](StockBook& book) { book.receive(one, 4, {"admin", {}, {}}); });
  allocate(one, "sold", 3, 1);
  allocate(one, "held", 1, 0);
  EXPECT_EQ(checks(), (Checks{"stock.sold equals the sold allocations: 2 but 0",
                              "stock.held covers the held allocations: 1 but 0"}));
}

TEST_F(StockAuditTest, NegativeCountersAreFoundEvenWhereTheConstraintIsGone) {
  database_.sql("ALTER TABLE stock DROP CONSTRAINT stock_counters");
  add_sku(1, 2);
  EXPECT_EQ(checks().back(), "stock.available is not negative: 0 but -1");
}

}  // namespace
}  // namespace shopflow::inventory
