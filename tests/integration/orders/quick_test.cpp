#include "orders/quick.hpp"

#include "integration/orders/fixture.hpp"

namespace shopflow::orders {
namespace {

/// Orders that are placed and paid over what the server remembers.
class QuickOrdersTest : public OrdersTest {
 protected:
  Result<OrderView> check_out(CartId cart, const std::string& key = {}) {
    const auto answer = run(orders_->check_out(request_for(cart, "manual"), asked(key)));
    if (!answer) return std::unexpected{answer.error()};
    return json::read_trusted<OrderView>(*answer);
  }
  Result<OrderView> mark_paid(OrderId order, const std::string& key = {}) {
    const auto answer = run(orders_->mark_paid(order, asked(key)));
    if (!answer) return std::unexpected{answer.error()};
    return json::read_trusted<OrderView>(*answer);
  }
  std::uint64_t quick() const { return orders_->stats().quick; }
};

TEST_F(QuickOrdersTest, WhatIsRememberedOfCartsOrdersAndPricesSparesAskingForThem) {
  const auto mug = add_sku(10, 1000);
  const auto placed = check_out(cart_with(mug, 2), "order");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->subtotal.amount, 2000);
  EXPECT_GT(placed->number, 0);
  const auto paid = mark_paid(placed->id, "money");
  ASSERT_TRUE(paid);
  EXPECT_EQ(paid->state, OrderState::paid);
  EXPECT_EQ(paid->number, placed->number);
  EXPECT_EQ(quick(), 2U);
  EXPECT_EQ(database_.sql("SELECT string_agg(type, ' ' ORDER BY position) FROM events"),
            "OrderCreated PaymentReceived");
  EXPECT_EQ(
      database_.sql(
          "SELECT concat_ws(' ', o.state, o.version, o.number = " + std::to_string(paid->number) +
          ", p.state, p.version, c.stage, c.version) FROM orders o JOIN payments p ON p.order_id = o.id "
          "JOIN carts c ON c.id = o.cart_id"),
      "paid 2 t succeeded 2 sold 4");
  EXPECT_EQ(database_.sql("SELECT string_agg(key, ' ' ORDER BY created_at, key DESC) FROM receipts"),
            "order money");
  EXPECT_EQ(mark_paid(placed->id).error().code, "order_already_paid");
  EXPECT_EQ(quick(), 2U) << "a refusal must not be given from memory";
}

TEST_F(QuickOrdersTest, APriceThatWasChangedSinceIsTheOneThatIsPaid) {
  const auto mug = add_sku(10, 1000);
  ASSERT_EQ(check_out(cart_with(mug, 1))->subtotal.amount, 1000);
  const auto before = quick();
  const auto cart = cart_with(mug, 1);
  database_.sql("UPDATE skus SET price = 1300, version = version + 1");
  EXPECT_EQ(check_out(cart)->subtotal.amount, 1300);
  EXPECT_EQ(quick(), before) << "what was remembered was not so any more";
  database_.sql("UPDATE products SET name = 'Cup'");
  const auto renamed = check_out(cart_with(mug, 1));
  ASSERT_TRUE(renamed);
  EXPECT_TRUE(renamed->lines.at(0).name.starts_with("Cup"));
}

TEST_F(QuickOrdersTest, WhatIsNotForSaleAnyMoreIsNotOrdered) {
  const auto mug = add_sku(10);
  ASSERT_TRUE(check_out(cart_with(mug, 1)));
  const auto cart = cart_with(mug, 1);
  database_.sql("UPDATE products SET status = 'archived'");
  EXPECT_EQ(check_out(cart).error().code, "sku_not_for_sale");
}

TEST_F(QuickOrdersTest, TheCatalogueIsCountedByWhateverChangesIt) {
  auto last = database_.number("SELECT revision FROM catalog_revision");
  const auto is_counted = [&](const std::string& sql) {
    database_.sql(sql);
    const auto now = database_.number("SELECT revision FROM catalog_revision");
    return std::exchange(last, now) < now;
  };
  add_sku(1);
  add_sku(1);
  EXPECT_FALSE(
      is_counted("INSERT INTO products SELECT gen_random_uuid(), 1, 'Cup', '', '', 'active', now(), now()"))
      << "what is new is remembered by nobody";
  EXPECT_TRUE(is_counted("UPDATE skus SET price = 5"));
  EXPECT_TRUE(is_counted("UPDATE products SET name = 'x'"));
  EXPECT_TRUE(is_counted("BEGIN; UPDATE skus SET price = 6; UPDATE products SET name = 'y'; COMMIT"));
  EXPECT_FALSE(is_counted("BEGIN; UPDATE skus SET price = 7; ROLLBACK"));
  EXPECT_TRUE(is_counted("DELETE FROM skus"));
  EXPECT_TRUE(is_counted("TRUNCATE skus"));
}

TEST_F(QuickOrdersTest, WhatAnotherServerDidSinceIsFoundAndNotOverwritten) {
  const auto other = make_others();
  const auto mug = add_sku(10);
  const auto placed = check_out(cart_with(mug, 1));
  ASSERT_TRUE(placed);
  ASSERT_TRUE(run(other->cancel(placed->id, "no more", asked())));
  EXPECT_EQ(mark_paid(placed->id).error().code, "order_is_cancelled");
  const auto cart = cart_with(mug, 1);
  ASSERT_TRUE(run(other->check_out(request_for(cart, "manual"), asked())));
  EXPECT_EQ(check_out(cart).error().code, "cart_checked_out");
  EXPECT_EQ(database_.sql("SELECT count(*) FROM orders"), "2");
}

TEST_F(QuickOrdersTest, EachOfItsRowsIsGuardedByItself) {
  const auto mug = add_sku(10);
  const auto refused_quickly = [&](const std::string& table) {
    const auto placed = check_out(cart_with(mug, 1));
    EXPECT_TRUE(placed);
    const auto before = quick();
    database_.sql("UPDATE " + table + " SET version = version + 1");
    EXPECT_TRUE(mark_paid(placed->id)) << table;
    const auto after = quick();
    // Whoever has failed once leaves the next one out.
    EXPECT_TRUE(check_out(cart_with(mug, 1)));
    return before == after;
  };
  EXPECT_TRUE(refused_quickly("carts"));
  EXPECT_TRUE(refused_quickly("orders"));
  EXPECT_TRUE(refused_quickly("payments"));
}

TEST_F(QuickOrdersTest, AKeyThatHasBeenAnsweredPlacesNothingTwice) {
  const auto mug = add_sku(10);
  ASSERT_TRUE(check_out(cart_with(mug, 1), "key"));
  EXPECT_EQ(check_out(cart_with(mug, 1), "key").error().code, "idempotency_conflict");
  EXPECT_EQ(database_.sql("SELECT count(*) FROM orders"), "1");
}

TEST_F(QuickOrdersTest, AnOrderThatLostItsUnitsIsNotPaidFromMemory) {
  const auto mug = add_sku(1);
  const auto placed = check_out(cart_with(mug, 1));
  ASSERT_TRUE(placed);
  const auto before = quick();
  clock_.advance(std::chrono::minutes{16});
  run(orders_->sweep());
  move_stock();
  ASSERT_TRUE(mark_paid(placed->id));
  EXPECT_EQ(quick(), before);
  EXPECT_EQ(database_.sql("SELECT held FROM stock"), "1") << "they were taken again";
}

TEST_F(QuickOrdersTest, NumbersOfASessionThatHasEndedUnnoticedAreGivenToNoOrder) {
  orders_ = make_orders(1);
  const auto mug = add_sku(100);
  std::vector<boost::asio::awaitable<Answer>> rush;
  for (int i = 0; i < 40; ++i)
    rush.push_back(orders_->check_out(request_for(cart_with(mug, 1), "manual"), asked()));
  for (const auto& answer : run_all(std::move(rush))) ASSERT_TRUE(answer);
  const auto drawn = database_.number("SELECT last_value FROM orders_number_seq");
  ASSERT_GT(drawn, 40) << "none was drawn ahead";
  const auto cart = cart_with(mug, 1);
  EXPECT_GE(database_.terminate_sessions(), 1);
  const auto placed = check_out(cart);
  ASSERT_TRUE(placed);
  EXPECT_GT(placed->number, drawn);
}

TEST_F(QuickOrdersTest, APaymentNeedsNoNumberOfTheSessionThatHasEnded) {
  orders_ = make_orders(1);
  const auto placed = check_out(cart_with(add_sku(1), 1));
  ASSERT_TRUE(placed);
  const auto before = quick();
  EXPECT_GE(database_.terminate_sessions(), 1);
  ASSERT_TRUE(mark_paid(placed->id));
  EXPECT_EQ(quick(), before + 1);
}

}  // namespace
}  // namespace shopflow::orders
