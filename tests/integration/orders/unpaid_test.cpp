#include "integration/orders/fixture.hpp"
#include "shopflow/orders/fulfilment.hpp"

namespace shopflow::orders {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// Orders that nobody has paid are found by the reservations that they are.
class UnpaidOrder : public OrdersTest {
 protected:
  std::unique_ptr<OrderService> make_patient(std::chrono::seconds unpaid_max) {
    return make_orders(2, carts_->memory(), {.unpaid_order_max = unpaid_max});
  }
  /// What all reservations wait for, from the oldest on, in minutes from when the test began; `-` for
  /// nothing.
  std::string looks() {
    return database_.sql("SELECT string_agg(coalesce((extract(epoch FROM next_deadline - '" +
                         to_rfc3339(begin_) + "') / 60)::int8::text, '-'), ' ' ORDER BY id) FROM carts");
  }
  const Timestamp begin_ = clock_.now();
};

TEST_F(UnpaidOrder, IsLookedAtWhenItsHoldLapsesAndWhenItIsGivenUp) {
  const auto order = placed(add_sku(1), 1);
  EXPECT_EQ(looks(), "10") << "as the cart was";
  clock_.advance(minutes{10});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(looks(), "15");
  clock_.advance(minutes{5});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(looks(), "1440");
  clock_.advance(hours{24} - minutes{15} - std::chrono::milliseconds{1});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(read(order.id).state, OrderState::pending_payment);
  clock_.advance(std::chrono::milliseconds{1});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(read(order.id).cancel_reason, "not_paid");
  EXPECT_EQ(stage(order.cart_id) + " " + looks(), "expired -");
  EXPECT_EQ(run(orders_->sweep()), 0U);
}

TEST_F(UnpaidOrder, ThatIsNoMoreIsNotLookedAt) {
  const auto sku = add_sku(3);
  const auto late = placed(sku, 1);
  const auto cancelled = placed(sku, 1);
  const auto too_late = placed(sku, 1);
  clock_.advance(minutes{16});
  EXPECT_EQ(run(orders_->sweep()), 3U);
  EXPECT_EQ(looks(), "1440 1440 1440");
  move_stock();
  ASSERT_TRUE(run(orders_->record(notice(late, provider_->pay_outside(ref_of(late)), "evt_1"))));
  ASSERT_TRUE(cancel(cancelled.id));
  move_stock();
  const auto others = cart_with(sku, 2);
  ASSERT_TRUE(run(orders_->record(notice(too_late, provider_->pay_outside(ref_of(too_late)), "evt_2"))));
  EXPECT_EQ(read(too_late.id).cancel_reason, "out_of_stock");
  EXPECT_EQ(looks(), "- - - 26") << "the last is a cart";
  run(carts_->submit({others, carts::RemoveLine{sku}, kTrace, {}}));
  run(orders_->pay_out());
}

TEST_F(UnpaidOrder, IsGivenUpInTimeThoughItIsHeldForLonger) {
  const auto sku = add_sku(2);
  orders_ = make_patient(minutes{5});
  const auto order = placed(sku, 1);
  EXPECT_EQ(looks(), "5");
  clock_.advance(minutes{5});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(read(order.id).state, OrderState::cancelled);
  EXPECT_EQ(stage(order.cart_id) + " " + looks(), "released -");
  move_stock();

  orders_ = make_patient(minutes{12});
  const auto second = placed(sku, 1);
  EXPECT_EQ(looks(), "- 15");
  clock_.advance(minutes{10});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(looks(), "- 17") << "before its hold lapses";
  clock_.advance(minutes{2});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(read(second.id).state, OrderState::cancelled);
}

TEST_F(UnpaidOrder, IsGivenUpByAServerThatGivesItLessTimeThanTheOneBefore) {
  const auto sku = add_sku(3);
  const auto lapsed = placed(sku, 1);
  clock_.advance(minutes{16});
  run(orders_->sweep());
  const auto held = placed(sku, 1);
  (void)cart_with(sku, 1);
  ASSERT_EQ(looks(), "1440 26 26");
  orders_ = make_patient(minutes{8});
  std::vector<boost::asio::awaitable<int>> works;
  const auto keep = [&]() -> boost::asio::awaitable<int> {
    co_await orders_->keep();
    co_return 0;
  };
  const auto stop = [&]() -> boost::asio::awaitable<int> {
    orders_->stop_keeping();
    co_return 0;
  };
  works.push_back(keep());
  works.push_back(stop());
  run_all(std::move(works));
  EXPECT_EQ(read(lapsed.id).state, OrderState::cancelled);
  EXPECT_EQ(read(held.id).state, OrderState::pending_payment);
  EXPECT_EQ(looks(), "- 24 26") << "of the cart nothing is known but its hold";
}

TEST_F(UnpaidOrder, ThatAServerWithMoreTimeFindsEarlyIsLeftAlone) {
  orders_ = make_patient(minutes{20});
  const auto order = placed(add_sku(1), 1);
  clock_.advance(minutes{16});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(looks(), "20");
  orders_ = make_patient(minutes{30});
  clock_.advance(minutes{10});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(looks(), "30");
  EXPECT_EQ(read(order.id).state, OrderState::pending_payment);
}

TEST_F(UnpaidOrder, IsForgottenWhenItTurnsOutToBePaid) {
  const auto order = placed(add_sku(1), 1);
  clock_.advance(minutes{16});
  run(orders_->sweep());
  move_stock();
  ASSERT_TRUE(run(orders_->record(notice(order, provider_->pay_outside(ref_of(order)), "evt_1"))));
  database_.sql("UPDATE carts SET next_deadline = now()");
  clock_.advance(hours{25});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(looks(), "-");
  EXPECT_EQ(read(order.id).state, OrderState::paid);
}

TEST_F(UnpaidOrder, IsPaidWithoutAnEntryIntoAnyIndexOfOrders) {
  const auto order = placed(add_sku(1), 1);
  struct Undo {};
  try {
    connection_.transact([&](db::Transaction& tx) {
      auto orders = load_orders(tx, {order.id});
      orders.at(0).state = OrderState::paid;
      orders[0].captured = orders[0].total;
      save_orders(tx, {&orders[0]}, clock_.now());
      const auto updates = tx.exec_text(
          "SELECT sum(pg_stat_get_xact_tuples_updated(inhrelid)), "
          "sum(pg_stat_get_xact_tuples_hot_updated(inhrelid)) "
          "FROM pg_inherits WHERE inhparent = 'orders'::regclass");
      auto row = updates[0];
      EXPECT_EQ(row.next<int>(), 1);
      EXPECT_EQ(row.next<int>(), 1) << "an index names what changes";
      throw Undo{};
    });
  } catch (const Undo&) {
  }
}

}  // namespace
}  // namespace shopflow::orders
