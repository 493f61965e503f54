#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "orders/order_repository.hpp"
#include "shopflow/db/connection.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::orders {
namespace {

/// Sessions wait for the disk, as an operator's do.
class OrderNumbers : public ::testing::Test {
 protected:
  /// The least of the numbers that so many orders are given; in a transaction they are taken.
  std::int64_t number(db::Transaction& tx, std::size_t count = 3) {
    std::vector<Order> orders(count);
    std::vector<Order*> all;
    for (auto& order : orders) all.push_back(&order);
    tx.is_alone() ? draw_numbers(tx, all, now_) : take_numbers(tx, all);
    for (const auto& order : orders) numbers_.insert(order.number);
    return std::ranges::min(orders, {}, &Order::number).number;
  }
  std::int64_t draw(std::size_t count) {
    std::int64_t least = 0;
    connection_.read([&](db::Transaction& tx) { least = number(tx, count); });
    return least;
  }
  [[nodiscard]] std::int64_t drawn() const {
    return database_.number(
        "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('orders', 'number')), 0)");
  }
  static std::string waits(db::Transaction& tx) {
    return tx.exec_text("SHOW synchronous_commit")[0].next<std::string>();
  }

  testing::TestDatabase database_;
  db::Connection connection_{database_.settings()};
  Timestamp now_ = parse_rfc3339("2026-11-22T08:00:00Z").value();
  std::set<std::int64_t> numbers_;
};

TEST_F(OrderNumbers, ATransactionThatTakesThemStillWaitsForTheDisk) {
  connection_.transact([&](db::Transaction& tx) {
    EXPECT_FALSE(tx.is_alone());
    (void)tx.exec_text("SET LOCAL synchronous_commit = on");
    number(tx);
    EXPECT_EQ(waits(tx), "on");
  });
  EXPECT_EQ(numbers_.size(), 3U);
}

TEST_F(OrderNumbers, TheyAreNotDrawnInATransaction) {
  connection_.transact([&](db::Transaction& tx) {
    Order order;
    EXPECT_THROW(draw_numbers(tx, {&order}, now_), std::logic_error);
  });
}

TEST_F(OrderNumbers, WhatFollowsThemOutsideOfATransactionWaitsForTheDisk) {
  connection_.read([&](db::Transaction& tx) {
    EXPECT_TRUE(tx.is_alone());
    (void)tx.exec_text("SET synchronous_commit = on");
    number(tx);
    EXPECT_EQ(waits(tx), "on");
    number(tx);
  });
  EXPECT_EQ(numbers_.size(), 6U);
}

TEST_F(OrderNumbers, NoneAreDrawnAheadForAFew) {
  draw(1);
  EXPECT_EQ(drawn(), 1);
  draw(7);
  EXPECT_EQ(drawn(), 8);
  EXPECT_EQ(numbers_.size(), 8U);
}

TEST_F(OrderNumbers, WhereManyComeTheyAreDrawnForTheNextBatchesToo) {
  draw(8);
  EXPECT_EQ(drawn(), 64);
  for (int batch = 1; batch < 7; ++batch) draw(8);
  draw(1);
  draw(7);
  EXPECT_EQ(drawn(), 64);
  EXPECT_EQ(numbers_.size(), 64U);
  EXPECT_EQ(*numbers_.rbegin(), 64);
  EXPECT_EQ(draw(1000), 65);
  EXPECT_EQ(drawn(), 64 + 1000 + 448);
}

TEST_F(OrderNumbers, WhatDoesNotSufficeForABatchIsNotGivenAtAll) {
  draw(8);
  EXPECT_EQ(draw(57), 65);
  EXPECT_EQ(draw(1), 65 + 57);
  EXPECT_EQ(numbers_.size(), 66U);
}

TEST_F(OrderNumbers, WhatIsDrawnAheadEndsWithItsSession) {
  draw(8);
  connection_.close();
  EXPECT_EQ(draw(8), 65);
  EXPECT_EQ(numbers_.size(), 16U);
}

TEST_F(OrderNumbers, WhatIsDrawnAheadIsGivenWithinASecond) {
  draw(8);
  now_ += std::chrono::milliseconds{999};
  EXPECT_EQ(draw(3), 9);
  now_ += std::chrono::milliseconds{1};
  EXPECT_EQ(draw(8), 65);
  now_ -= std::chrono::milliseconds{1};
  EXPECT_EQ(draw(1), 65 + 64) << "the clock was put back";
}

TEST_F(OrderNumbers, ATransactionTakesNoneThatWereDrawnAhead) {
  draw(8);
  connection_.transact([&](db::Transaction& tx) { EXPECT_EQ(number(tx), 65); });
}

}  // namespace
}  // namespace shopflow::orders
