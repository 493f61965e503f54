#include "carts/quick.hpp"

#include <gtest/gtest.h>

#include "integration/carts/fixture.hpp"
#include "shopflow/carts/reservations.hpp"

namespace shopflow::carts {
namespace {

class QuickCartsTest : public CartsTest {};

TEST_F(QuickCartsTest, WhatIsRememberedOfCartsAndStockSparesAskingForThem) {
  const auto mug = add_sku(100);
  const auto cup = add_sku(100);
  const auto cart = make_cart();
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 2}, {cup, 1}}}));
  const auto before = service_->stats().quick;
  clock_.advance(std::chrono::seconds{1});
  const auto outcome = submit(cart, AddLines{{{mug, 1}}});
  ASSERT_TRUE(outcome);
  ASSERT_TRUE(submit(cart, ChangeLine{cup, 4}));
  ASSERT_TRUE(submit(cart, RenewLines{}));
  ASSERT_TRUE(submit(cart, RemoveLine{mug}));
  EXPECT_EQ(service_->stats().quick, before + 4);
  EXPECT_EQ(held(mug), 0);
  EXPECT_EQ(held(cup), 4);
  std::optional<CartState> read;
  connection_.read([&](db::Transaction& tx) { read = read_cart(tx, cart); });
  ASSERT_TRUE(read);
  EXPECT_EQ(read->lines, (std::vector<CartLine>{{cup, 4, 4, clock_.now() + settings_.hold}}));
  EXPECT_EQ(read->version, 6);
}

TEST_F(QuickCartsTest, WhatAnotherServerDidSinceIsFoundAndNotOverwritten) {
  const auto other = make_service();
  const auto mug = add_sku(10);
  const auto cart = make_cart();
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 2}}}));
  ASSERT_TRUE(run(other->submit(command(cart, AddLines{{{mug, 3}}}))));
  const auto mine = submit(cart, AddLines{{{mug, 1}}});
  ASSERT_TRUE(mine);
  EXPECT_EQ(mine->cart.lines.at(0).quantity, 6);
  const auto rest = make_cart();
  ASSERT_TRUE(run(other->submit(command(rest, AddLines{{{mug, 3}}}))));
  EXPECT_EQ(submit(cart, AddLines{{{mug, 2}}}).error().code, "insufficient_stock");
  database_.sql("UPDATE stock SET sellable = false");
  EXPECT_EQ(submit(cart, AddLines{{{mug, 1}}}).error().code, "sku_not_for_sale");
  EXPECT_EQ(held(mug), 9);
}

TEST_F(QuickCartsTest, ACartThatWasDeletedMeanwhileIsNotFound) {
  const auto mug = add_sku(10);
  const auto cart = make_cart();
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 2}}}));
  ASSERT_TRUE(submit(cart, RemoveLine{mug}));
  database_.sql("DELETE FROM carts");
  EXPECT_EQ(submit(cart, AddLines{{{mug, 1}}}).error().code, "cart_not_found");
  EXPECT_EQ(held(mug), 0);
}

TEST_F(QuickCartsTest, SellingOutAndRunningLowAreToldWhoeverTookTheLastUnits) {
  const auto other = make_service();
  const auto mug = add_sku(10);
  database_.sql("UPDATE stock SET low_stock_at = 4");
  const auto cart = make_cart();
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 1}}}));
  const auto rest = make_cart();
  ASSERT_TRUE(run(other->submit(command(rest, AddLines{{{mug, 4}}}))));
  EXPECT_EQ(events(), "");
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 1}}}));
  EXPECT_EQ(events(), "LowStock");
  ASSERT_TRUE(run(other->submit(command(rest, AddLines{{{mug, 3}}}))));
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 1}}}));
  EXPECT_EQ(events(), "LowStock StockChanged");
  ASSERT_TRUE(submit(cart, ChangeLine{mug, 1}));
  EXPECT_EQ(events(), "LowStock StockChanged StockChanged");
}

TEST_F(QuickCartsTest, TheLastUnitIsToldOfThoughThisServerTakesTheShelfToBeFull) {
  const auto other = make_service();
  const auto mug = add_sku(10);
  database_.sql("UPDATE stock SET low_stock_at = 100");
  const auto cart = make_cart();
  const auto rest = make_cart();
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 1}}}));
  ASSERT_TRUE(run(other->submit(command(rest, AddLines{{{mug, 8}}}))));
  EXPECT_EQ(events(), "");
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 1}}}));
  EXPECT_EQ(events(), "StockChanged");
}

}  // namespace
}  // namespace shopflow::carts
