#include <stdexcept>

#include "integration/inventory/fixture.hpp"
#include "shopflow/db/error.hpp"

namespace shopflow::inventory {
namespace {

using StockStoreTest = InventoryTest;
const Cause kCause{"cart", make_uuid7(SystemClock{}.now()), "why"};

TEST_F(StockStoreTest, CountersAndLedgerAreWrittenTogether) {
  const auto one = add_sku(10, 0, 0, 8);
  const auto two = add_sku(5);
  move({two, one, two}, [&](StockBook& book) {
    EXPECT_TRUE(book.hold(one, 3, kCause));
    EXPECT_TRUE(book.hold(two, 5, kCause));
    book.free(two, 1, kCause);
    book.sell(one, 2, kCause);
  });
  EXPECT_EQ(counters(one), "10 1 2");
  EXPECT_EQ(counters(two), "5 4 0");
  EXPECT_EQ(ledger(one), "hold 3, sell 2");
  EXPECT_EQ(ledger(two), "hold 5, free 1");
  EXPECT_EQ(events(), "LowStock 1");
  EXPECT_EQ(told_, (std::vector{one, two}));
  EXPECT_EQ(database_.sql("SELECT cause || ' ' || reason FROM stock_ledger LIMIT 1"), "cart why");
}

TEST_F(StockStoreTest, EventsOfASkuAreNumberedAcrossTransactions) {
  const auto one = add_sku(1);
  move({one}, [&](StockBook& book) { EXPECT_TRUE(book.hold(one, 1, kCause)); });
  move({one}, [&](StockBook& book) { book.free(one, 1, kCause); });
  EXPECT_EQ(events(), "StockChanged 1, LowStock 2, StockChanged 3");
}

TEST_F(StockStoreTest, ProductsAreKnownWhenTheChangeIsTold) {
  const auto one = add_sku(1);
  const auto two = add_sku(1);
  EXPECT_TRUE(store_.products().of(std::vector{one}).empty());
  move({one, two}, [&](StockBook& book) {
    EXPECT_TRUE(book.hold(one, 1, kCause));
    EXPECT_TRUE(book.hold(two, 1, kCause));
  });
  EXPECT_EQ(store_.products().of(std::vector{one, two}), std::vector{product_});
}

TEST_F(StockStoreTest, NothingIsToldWhenTheTransactionRollsBack) {
  const auto one = add_sku(1);
  EXPECT_THROW(connection_.transact([&](db::Transaction& tx) {
    auto book = store_.load(tx, {one});
    EXPECT_TRUE(book.hold(one, 1, kCause));
    std::vector<events::NewEvent> events;
    store_.save(tx, book, now_, "", events);
    throw std::runtime_error{"no"};
  }),
               std::runtime_error);
  EXPECT_TRUE(told_.empty());
  EXPECT_EQ(counters(one), "1 0 0");
  EXPECT_EQ(ledger(one), "");
}

TEST_F(StockStoreTest, AnUntouchedBookWritesNothing) {
  const auto one = add_sku(1);
  move({one, SkuId::make(now_)}, [](StockBook&) {});
  EXPECT_TRUE(told_.empty());
  EXPECT_EQ(events(), "");
}

TEST_F(StockStoreTest, LoadedRowsStayLockedUntilTheCommit) {
  const auto one = add_sku(1);
  auto impatient = database_.settings();
  impatient.lock_timeout = std::chrono::milliseconds{20};
  db::Connection other{impatient};
  connection_.transact([&](db::Transaction& tx) {
    const auto book = store_.load(tx, {one});
    EXPECT_THROW(other.transact([&](db::Transaction& second) { (void)store_.load(second, {one}); }),
                 db::SqlError);
  });
}

TEST_F(StockStoreTest, TheDatabaseItselfRefusesToOversell) {
  const auto one = add_sku(1);
  EXPECT_THROW(database_.sql("UPDATE stock SET held = 2"), std::exception);
  EXPECT_EQ(counters(one), "1 0 0");
}

}  // namespace
}  // namespace shopflow::inventory
