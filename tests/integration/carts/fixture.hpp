#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "shopflow/carts/audit.hpp"
#include "shopflow/carts/service.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/outbox.hpp"
#include "shopflow/inventory/audit.hpp"
#include "shopflow/inventory/stock_store.hpp"
#include "support/kept_answer.hpp"
#include "support/run.hpp"
#include "support/shop_rows.hpp"
#include "support/test_database.hpp"

namespace shopflow::carts {

using shopflow::testing::kept_answer;
using shopflow::testing::run;
using shopflow::testing::run_all;

/// A database with a product, SKUs as a test makes them, and a cart service over it.
class CartsTest : public ::testing::Test {
 protected:
  void TearDown() override {
    connection_.transact([&](db::Transaction& tx) {
      for (const auto& difference : inventory::audit_stock(tx))
        ADD_FAILURE() << difference.check << " " << difference.subject;
      const auto audit = audit_carts(tx, clock_.now());
      for (const auto& problem : audit.problems) ADD_FAILURE() << problem.check << " " << problem.subject;
      std::int64_t held = 0;
      for (const auto& sku : audit.held) held += sku.units;
      if (orders_hold_nothing_) EXPECT_EQ(held, database_.number("SELECT coalesce(sum(held), 0) FROM stock"));
    });
  }

  SkuId add_sku(std::int32_t on_hand) {
    const auto id = testing::add_sku(database_, product_, {.price = 250}, clock_.now());
    testing::add_stock(database_, id, on_hand);
    return id;
  }

  std::unique_ptr<CartService> make_service(std::size_t lanes = 2) {
    return std::make_unique<CartService>(db::LaneSettings{.name = "carts",
                                                          .connection = database_.settings(),
                                                          .lanes = lanes,
                                                          .queue_max = 1000,
                                                          .crowd = 1},
                                         stock_, outbox_, clock_, settings_);
  }

  static CartCommand command(CartId cart, CartAction action) {
    return {cart, std::move(action), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", {}};
  }
  Result<CartOutcome> submit(CartId cart, CartAction action) {
    return run(service_->submit(command(cart, std::move(action))));
  }
  CartId make_cart() {
    const auto id = CartId::make(clock_.now());
    EXPECT_TRUE(submit(id, CreateCart{}));
    return id;
  }
  std::vector<CartId> make_carts(std::size_t count) {
    std::vector<boost::asio::awaitable<Result<CartOutcome>>> works;
    std::vector<CartId> ids;
    for (std::size_t i = 0; i < count; ++i) {
      ids.push_back(CartId::make(clock_.now()));
      works.push_back(service_->submit(command(ids.back(), CreateCart{})));
    }
    for (const auto& outcome : run_all(std::move(works))) EXPECT_TRUE(outcome);
    return ids;
  }
  std::int64_t held(const SkuId& sku) {
    return database_.number("SELECT held FROM stock WHERE sku_id = '" + to_hyphenated(sku.value) + "'");
  }
  std::string events() {
    return database_.sql("SELECT coalesce(string_agg(type, ' ' ORDER BY position), '') FROM events");
  }

  testing::TestDatabase database_;
  ManualClock clock_{std::chrono::floor<std::chrono::milliseconds>(SystemClock{}.now())};
  ProductId product_ = testing::add_product(database_, "Mug", clock_.now());
  db::Connection connection_{database_.settings()};
  events::Outbox outbox_{[] {}};
  inventory::StockStore stock_{[](const std::vector<SkuId>&) {}};
  CartSettings settings_;
  bool orders_hold_nothing_ = true;
  std::unique_ptr<CartService> service_ = make_service();
};

}  // namespace shopflow::carts
