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

TEST_F(UnpaidOrder, IsLookedAtWhenItsHoldLapsesEachHourAndWhenItIsGivenUp) {
  const auto order = placed(add_sku(1), 1);
  EXPECT_EQ(looks(), "10") << "as the cart was";
  clock_.advance(minutes{10});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(looks(), "15");
  clock_.advance(minutes{5});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(looks(), "60");
  clock_.advance(minutes{44});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(looks(), "60");
  clock_.advance(minutes{1});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(looks(), "120");
  clock_.advance(hours{24} - minutes{60} - std::chrono::milliseconds{1});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(looks(), "1440");
  EXPECT_EQ(read(order.id).state, OrderState::pending_payment);
  clock_.advance(std::chrono::milliseconds{1});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(read(order.id).cancel_reason, "not_paid");
  EXPECT_EQ(stage(order.cart_id) + " " + looks(), "expired -");
  EXPECT_EQ(run(orders_->sweep()), 0U);
}

TEST_F(UnpaidOrder, IsLookedAtWhenItsPaymentHasTakenTooLong) {
  const auto order = placed(add_sku(1), 1);
  ASSERT_TRUE(pay(order.id, "pm_bank"));
  EXPECT_EQ(stage(order.cart_id) + " " + looks(), "payment 10");
  clock_.advance(minutes{12});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(looks(), "30");
  clock_.advance(minutes{18});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(stage(order.cart_id) + " " + looks(), "expired 60");
}

TEST_F(UnpaidOrder, IsLeftAloneForAWhileWhereItsPaymentCanNotBeCancelled) {
  const auto order = placed(add_sku(1), 1);
  provider_->down = true;
  clock_.advance(hours{25});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(read(order.id).state, OrderState::pending_payment);
  provider_->down = false;
  clock_.advance(minutes{1});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(read(order.id).state, OrderState::cancelled);
}

TEST_F(UnpaidOrder, IsNotLookedAtTogetherWithAllThatWereFoundWithIt) {
  const auto sku = add_sku(2);
  (void)placed(sku, 1);
  clock_.advance(minutes{7});
  (void)placed(sku, 1);
  clock_.advance(minutes{130});
  EXPECT_EQ(run(orders_->sweep()), 2U);
  EXPECT_EQ(looks(), "180 187");
}

TEST_F(UnpaidOrder, WhoseHoldHasLapsedDoesNotWaitForThoseThatCanNotBePutOff) {
  const auto sku = add_sku(2);
  const auto lapsed = placed(sku, 1);
  clock_.advance(minutes{6});
  const auto early = placed(sku, 1);
  ASSERT_EQ(looks(), "10 16");
  database_.sql("ALTER TABLE carts ADD CONSTRAINT stays CHECK (id <> '" + to_hyphenated(early.cart_id.value) +
                "' OR next_deadline = '" + to_rfc3339(begin_ + minutes{16}) + "')");
  clock_.advance(minutes{10});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(stage(lapsed.cart_id) + " " + looks(), "expired 60 16");
  database_.sql("ALTER TABLE carts DROP CONSTRAINT stays");
}

TEST_F(UnpaidOrder, ThatIsMissingIsNotLookedForAgainAndAgain) {
  for (const auto* stage : {"checkout", "expired"}) {
    database_.sql(
        "INSERT INTO carts (id, stage, version, order_id, sku_ids, quantities, held, deadlines, "
        "next_deadline, "
        "updated_at) SELECT gen_random_uuid(), '" +
        std::string{stage} +
        "', 1, uuid7_floor(now() - interval '2 days'), ARRAY[gen_random_uuid()], '{1}', '{1}', ARRAY[now()], "
        "now() - interval '1 day', now()");
  }
  EXPECT_EQ(run(orders_->sweep()), 2U);
  EXPECT_EQ(run(orders_->sweep()), 0U);
  database_.sql("DELETE FROM carts");
}

TEST_F(UnpaidOrder, ThatIsNoMoreIsNotLookedAt) {
  const auto sku = add_sku(3);
  const auto late = placed(sku, 1);
  const auto cancelled = placed(sku, 1);
  const auto too_late = placed(sku, 1);
  clock_.advance(minutes{16});
  EXPECT_EQ(run(orders_->sweep()), 3U);
  EXPECT_EQ(looks(), "60 60 60");
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

TEST_F(UnpaidOrder, IsGivenUpWithinAnHourByAServerThatGivesItLessTimeThanTheOneBefore) {
  const auto order = placed(add_sku(1), 1);
  const auto hasty = make_patient(minutes{30});
  clock_.advance(minutes{16});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(looks(), "60");
  clock_.advance(minutes{43});
  EXPECT_EQ(run(hasty->sweep()), 0U);
  clock_.advance(minutes{1});
  EXPECT_EQ(run(hasty->sweep()), 1U);
  EXPECT_EQ(read(order.id).state, OrderState::cancelled);
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
