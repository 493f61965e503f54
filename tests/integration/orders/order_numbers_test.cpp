#include <gtest/gtest.h>

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
  void number(db::Transaction& tx) {
    std::vector<Order> orders(3);
    number_orders(tx, {&orders[0], &orders[1], &orders[2]});
    for (const auto& order : orders) numbers_.insert(order.number);
  }
  static std::string waits(db::Transaction& tx) {
    return tx.exec_text("SHOW synchronous_commit")[0].next<std::string>();
  }

  testing::TestDatabase database_;
  db::Connection connection_{database_.settings()};
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

}  // namespace
}  // namespace shopflow::orders
