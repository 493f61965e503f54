#include "carts/quick_repository.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "integration/carts/fixture.hpp"
#include "shopflow/carts/reservations.hpp"
#include "shopflow/db/error.hpp"

namespace shopflow::carts {
namespace {

constexpr std::int32_t kUnits = 10;  // of each SKU

const db::Statement kPrepared{
    "carts_test.prepared",
    "SELECT string_agg(name, ' ') FROM pg_prepared_statements WHERE name LIKE 'carts.write%quickly'"};

/// One cart with one SKU has a form of the statement for itself, of which the same is asked as of that for
/// many.
class QuickStatementTest : public CartsTest, public ::testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    for (int i = 0; i < GetParam(); ++i) {
      skus_.push_back(add_sku(kUnits));
      carts_.push_back(make_cart());
    }
    std::ranges::sort(carts_);
  }

  /// Takes units of a SKU into each cart, and some of them out again; gives the SQLSTATE of what the database
  /// says against it.
  std::string take(std::int32_t units, std::int32_t version = 1, std::int32_t back = 0) {
    std::vector<inventory::StockRow> shelf;
    for (const auto& sku : skus_) shelf.push_back({.sku_id = sku, .on_hand = 1000});
    inventory::StockBook book{shelf};
    std::vector<CartState> changed;
    const auto deadline = clock_.now() + settings_.hold;
    for (std::size_t i = 0; i < carts_.size(); ++i) {
      const inventory::Cause cause{"cart", carts_[i].value, {}};
      EXPECT_TRUE(book.hold(skus_[i], units, cause));
      if (back > 0) book.free(skus_[i], back, cause);
      changed.push_back({.id = carts_[i],
                         .version = version,
                         .lines = {{skus_[i], units - back, units - back, deadline}},
                         .next_deadline = deadline});
    }
    try {
      connection_.run_alone([&](db::Transaction& tx) { write_quickly(tx, changed, book, {}, clock_.now()); });
      return "";
    } catch (const db::SqlError& error) {
      return error.sqlstate();
    }
  }

  void expect_nothing_changed() {
    EXPECT_EQ(database_.sql("SELECT sum(held) FROM stock"), "0");
    EXPECT_EQ(database_.sql("SELECT count(*) FROM stock_ledger WHERE cause = 'cart'"), "0");
    EXPECT_EQ(database_.sql("SELECT count(*) FROM carts WHERE sku_ids <> '{}'"), "0");
  }

  static std::string of(const CartId& cart) { return " WHERE id = '" + to_hyphenated(cart.value) + "'"; }
  static std::string of(const SkuId& sku) { return " WHERE sku_id = '" + to_hyphenated(sku.value) + "'"; }

  std::vector<SkuId> skus_;
  std::vector<CartId> carts_;
};

TEST_P(QuickStatementTest, WritesCartStockAndLedger) {
  EXPECT_EQ(take(2), "");
  for (std::size_t i = 0; i < carts_.size(); ++i) {
    std::optional<CartState> read;
    connection_.read([&](db::Transaction& tx) { read = read_cart(tx, carts_[i]); });
    ASSERT_TRUE(read);
    EXPECT_EQ(read->lines, (std::vector<CartLine>{{skus_[i], 2, 2, clock_.now() + settings_.hold}}));
    EXPECT_EQ(read->next_deadline, clock_.now() + settings_.hold);
    EXPECT_EQ(read->updated_at, clock_.now());
    EXPECT_EQ(read->version, 2);
    EXPECT_EQ(held(skus_[i]), 2);
    EXPECT_EQ(database_.sql("SELECT concat_ws(' ', sku_id, location_id, movement, quantity) FROM stock_ledger"
                            " WHERE cause = 'cart' AND cause_id = '" +
                            to_hyphenated(carts_[i].value) + "'"),
              to_hyphenated(skus_[i].value) + " 1 hold 2");
  }
  std::string prepared;
  connection_.read([&](db::Transaction& tx) { prepared = tx.exec(kPrepared)[0].next<std::string>(); });
  EXPECT_EQ(prepared, carts_.size() == 1 ? "carts.write_line_quickly" : "carts.write_lines_quickly");
}

TEST_P(QuickStatementTest, WritesACartThatIsNotThereYet) {
  database_.sql("DELETE FROM carts" + of(carts_.back()));
  EXPECT_EQ(take(2, 0), carts_.size() == 1 ? "" : "SF001") << "unless one of them is";
  if (carts_.size() > 1) return expect_nothing_changed();
  EXPECT_EQ(database_.sql("SELECT concat_ws(' ', version, stage, quantities, held, "
                          "next_deadline = deadlines[1], sku_ids[1]) FROM carts"),
            "1 cart {2} {2} t " + to_hyphenated(skus_[0].value));
  EXPECT_EQ(held(skus_[0]), 2);
}

TEST_P(QuickStatementTest, WritesNoCartASecondTime) {
  EXPECT_EQ(take(1, 0), "SF001");
  expect_nothing_changed();
}

TEST_P(QuickStatementTest, ChangesNothingIfACartIsOfAnotherVersion) {
  database_.sql("UPDATE carts SET version = 2" + of(carts_.back()));
  EXPECT_EQ(take(1), "SF001");
  expect_nothing_changed();
}

TEST_P(QuickStatementTest, ChangesNothingIfACartIsNoneAnyMore) {
  database_.sql("UPDATE carts SET stage = 'checkout'" + of(carts_.back()));
  EXPECT_EQ(take(1), "SF001");
  expect_nothing_changed();
  database_.sql("UPDATE carts SET stage = 'cart'");
}

TEST_P(QuickStatementTest, ChangesNothingIfACartIsGone) {
  database_.sql("DELETE FROM carts" + of(carts_.back()));
  EXPECT_EQ(take(1), "SF001");
  expect_nothing_changed();
}

TEST_P(QuickStatementTest, ChangesNothingIfASkuIsNotForSale) {
  database_.sql("UPDATE stock SET sellable = false" + of(skus_.back()));
  EXPECT_EQ(take(1), "SF001");
  expect_nothing_changed();
}

TEST_P(QuickStatementTest, ChangesNothingIfUnitsAreNotThere) {
  EXPECT_EQ(take(kUnits + 1), "SF001");
  expect_nothing_changed();
}

TEST_P(QuickStatementTest, ChangesNothingIfUnitsAreNotThereThoughTheyComeBack) {
  EXPECT_EQ(take(kUnits + 1, 1, kUnits), "SF001");
  expect_nothing_changed();
  EXPECT_EQ(take(kUnits, 1, kUnits - 1), "");
}

TEST_P(QuickStatementTest, ChangesNothingIfTheLastUnitWouldGo) {
  database_.sql("UPDATE stock SET low_stock_at = 100");
  EXPECT_EQ(take(kUnits), "SF001");
  expect_nothing_changed();
  EXPECT_EQ(take(kUnits - 1), "");
}

TEST_P(QuickStatementTest, ChangesNothingIfStockWouldRunLow) {
  database_.sql("UPDATE stock SET low_stock_at = 8" + of(skus_.back()));
  EXPECT_EQ(take(2), "SF001");
  expect_nothing_changed();
  EXPECT_EQ(take(1), "");
}

INSTANTIATE_TEST_SUITE_P(OneCartAndTwo, QuickStatementTest, ::testing::Values(1, 2));

}  // namespace
}  // namespace shopflow::carts
