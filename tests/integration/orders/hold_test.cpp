#include "integration/orders/fixture.hpp"

namespace shopflow::orders {
namespace {

using payments::PaymentState;

class HoldOfAnOrder : public OrdersTest {
 protected:
  /// Lets the hold of every unpaid order lapse, and the units go back.
  void lapse() {
    clock_.advance(std::chrono::minutes{16});
    run(orders_->sweep());
    move_stock();
  }
};

TEST_F(HoldOfAnOrder, LapsesAfterItsPaymentIsCancelled) {
  const auto sku = add_sku(2);
  const auto order = placed(sku, 2);
  clock_.advance(std::chrono::minutes{14});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  lapse();
  const auto after = read(order.id);
  EXPECT_EQ(after.state, OrderState::pending_payment);
  EXPECT_EQ(after.payment->state, PaymentState::canceled);
  EXPECT_EQ(stage(order.cart_id), "expired");
  EXPECT_EQ(history(order.id), "OrderCreated ReservationExpired");
  EXPECT_EQ(database_.number("SELECT count(*) FROM events WHERE aggregate = 'reservation'"), 0);
  EXPECT_EQ(stock(sku), "2 available, 0 held, 0 sold");
  EXPECT_EQ(run(orders_->sweep()), 0U);
}

TEST_F(HoldOfAnOrder, IsLookedAtOnceBeforeItsDeadlineAndLapsesOnTime) {
  const auto sku = add_sku(4);
  const auto cart = cart_with(sku, 2);
  clock_.advance(std::chrono::minutes{9});
  const auto order = view(*check_out(cart));
  const auto later = placed(sku, 2);
  const auto deadline = "'" + to_rfc3339(clock_.now() + std::chrono::minutes{15}) + "'";
  clock_.advance(std::chrono::minutes{1});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(read(order.id).payment->state, PaymentState::requires_payment_method) << "nobody gave it up";
  EXPECT_EQ(database_.number("SELECT count(*) FROM carts WHERE next_deadline = " + deadline), 1)
      << "the bound of the cart has become that of its order";
  clock_.advance(std::chrono::minutes{14} - std::chrono::milliseconds{1});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(stage(order.cart_id), "checkout");
  clock_.advance(std::chrono::milliseconds{1});
  EXPECT_EQ(run(orders_->sweep()), 2U);
  EXPECT_EQ(stage(order.cart_id) + " " + stage(later.cart_id), "expired expired");
}

TEST_F(HoldOfAnOrder, ThatHasLapsedIsNotKeptWaitingByThoseThatHaveNot) {
  const auto order = placed(add_sku(1), 1);
  const auto at = [](Timestamp when) { return "'" + to_rfc3339(when) + "'::timestamptz"; };
  const auto far = at(clock_.now() + std::chrono::minutes{50});
  // More of them than are looked at in one go, and all with bounds that come before its own.
  database_.sql(
      "INSERT INTO carts (id, stage, version, order_id, sku_ids, quantities, held, deadlines, next_deadline, "
      "updated_at) "
      "SELECT gen_random_uuid(), 'checkout', 1, uuid7_floor(now()), ARRAY[gen_random_uuid()], '{1}', '{1}', "
      "ARRAY[" +
      far + "], " + at(clock_.now()) + ", now() FROM generate_series(1, 1100)");
  clock_.advance(std::chrono::minutes{16});
  connection_.transact([&](db::Transaction& tx) {
    tx.exec_text("SELECT FROM carts WHERE order_id <> '" + to_hyphenated(order.id.value) + "' FOR UPDATE");
    EXPECT_EQ(run(orders_->sweep()), 1U) << "somebody has them locked, and their bounds stay";
  });
  EXPECT_EQ(stage(order.cart_id), "expired");
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(database_.number("SELECT count(*) FROM carts WHERE next_deadline = " + far), 1100);
  database_.sql("DELETE FROM carts WHERE stage = 'checkout'");
}

TEST_F(HoldOfAnOrder, StaysWhileItsPaymentCanNotBeCancelled) {
  const auto sku = add_sku(1);
  const auto order = placed(sku, 1);
  provider_->down = true;
  lapse();
  EXPECT_EQ(stage(order.cart_id), "checkout");
  EXPECT_EQ(stock(sku), "0 available, 1 held, 0 sold");
  EXPECT_EQ(run(orders_->sweep()), 0U) << "it is left alone for a while";
  provider_->down = false;
  lapse();
  EXPECT_EQ(stage(order.cart_id), "expired");
}

TEST_F(HoldOfAnOrder, DoesNotLapseWhenTheMoneyHasComeUnheard) {
  const auto sku = add_sku(1);
  const auto order = placed(sku, 1);
  provider_->pay_outside(ref_of(order));
  lapse();
  EXPECT_EQ(read(order.id).state, OrderState::paid);
  EXPECT_EQ(stock(sku), "0 available, 0 held, 1 sold");
}

TEST_F(HoldOfAnOrder, OfAPaymentThatIsProcessingLapsesAfterHalfAnHour) {
  const auto order = placed(add_sku(1), 1);
  ASSERT_EQ(payment(pay(order.id, "pm_bank")).state, PaymentState::processing);
  clock_.advance(std::chrono::minutes{29});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  clock_.advance(std::chrono::minutes{2});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(stage(order.cart_id), "expired");
}

TEST_F(HoldOfAnOrder, IsTakenAgainByALatePayment) {
  const auto sku = add_sku(2);
  const auto order = placed(sku, 2);
  lapse();
  ASSERT_TRUE(run(orders_->record(notice(order, provider_->pay_outside(ref_of(order)), "evt_1"))));
  EXPECT_EQ(read(order.id).state, OrderState::paid);
  EXPECT_EQ(history(order.id), "OrderCreated ReservationExpired PaymentReceived");
  EXPECT_EQ(database_.sql("SELECT data::json ->> 'taken_again' FROM events WHERE type = 'PaymentReceived'"),
            "true");
  EXPECT_EQ(stock(sku), "0 available, 2 held, 0 sold");
  move_stock();
  EXPECT_EQ(stock(sku), "0 available, 0 held, 2 sold");
}

TEST_F(HoldOfAnOrder, ThatIsGoneSendsALatePaymentBack) {
  const auto sku = add_sku(2);
  const auto order = placed(sku, 2);
  lapse();
  cart_with(sku, 1);
  ASSERT_TRUE(run(orders_->record(notice(order, provider_->pay_outside(ref_of(order)), "evt_1"))));
  EXPECT_EQ(run(orders_->pay_out()), 1U);
  const auto after = read(order.id);
  EXPECT_EQ(after.state, OrderState::cancelled);
  EXPECT_EQ(after.cancel_reason, "out_of_stock");
  EXPECT_EQ(after.captured, order.total);
  EXPECT_EQ(after.refunded, order.total);
  EXPECT_EQ(provider_->given_back[ref_of(order)], order.total.amount);
  EXPECT_EQ(history(order.id), "OrderCreated ReservationExpired OrderCancelled RefundProcessed");
  move_stock();
  EXPECT_EQ(stock(sku), "1 available, 1 held, 0 sold");
}

TEST_F(HoldOfAnOrder, WhoseUnitsAreOnTheirWayBackIsNotGoneYet) {
  const auto sku = add_sku(2);
  const auto order = placed(sku, 2);
  clock_.advance(std::chrono::minutes{16});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  EXPECT_EQ(stock(sku), "0 available, 2 held, 0 sold");
  const auto late = notice(order, provider_->pay_outside(ref_of(order)), "evt_1");
  EXPECT_EQ(code(run(orders_->record(late))), "overloaded");
  EXPECT_EQ(code(pay(order.id)), "overloaded");
  EXPECT_EQ(read(order.id).state, OrderState::pending_payment);
  move_stock();
  ASSERT_TRUE(run(orders_->record(late)));
  EXPECT_EQ(read(order.id).state, OrderState::paid);
  move_stock();
  EXPECT_EQ(stock(sku), "0 available, 0 held, 2 sold");
}

TEST_F(HoldOfAnOrder, WhoseUnitsDoNotComeBackInAMinuteSendsTheMoneyBack) {
  const auto sku = add_sku(2);
  const auto order = placed(sku, 2);
  clock_.advance(std::chrono::minutes{16});
  EXPECT_EQ(run(orders_->sweep()), 1U);
  clock_.advance(std::chrono::minutes{2});
  ASSERT_TRUE(run(orders_->record(notice(order, provider_->pay_outside(ref_of(order)), "evt_1"))));
  EXPECT_EQ(read(order.id).cancel_reason, "out_of_stock");
  EXPECT_EQ(run(orders_->pay_out()), 1U);
}

TEST_F(HoldOfAnOrder, LeavesTheOrderToBePaidAnew) {
  const auto sku = add_sku(1);
  const auto order = placed(sku, 1);
  lapse();
  const auto second = payment(pay(order.id));
  EXPECT_NE(second.id, order.payment->id);
  EXPECT_EQ(second.state, PaymentState::succeeded);
  EXPECT_EQ(read(order.id).state, OrderState::paid);
  EXPECT_EQ(read(order.id).payment->id, second.id);
}

TEST_F(HoldOfAnOrder, ThatIsGoneIsToldBeforeAnybodyPays) {
  const auto sku = add_sku(1);
  const auto order = placed(sku, 1);
  lapse();
  cart_with(sku, 1);
  EXPECT_EQ(code(pay(order.id)), "insufficient_stock");
  EXPECT_EQ(database_.number("SELECT count(*) FROM payments"), 1);
}

TEST_F(HoldOfAnOrder, OfAnInvoiceLapsesAndIsTakenAgainWhenItIsPaid) {
  const auto sku = add_sku(1);
  const auto order = placed(sku, 1, "manual");
  lapse();
  EXPECT_EQ(stock(sku), "1 available, 0 held, 0 sold");
  EXPECT_EQ(read(order.id).payment->state, PaymentState::requires_confirmation);
  ASSERT_TRUE(run(orders_->mark_paid(order.id, asked())));
  move_stock();
  EXPECT_EQ(stock(sku), "0 available, 0 held, 1 sold");
}

TEST_F(HoldOfAnOrder, LapsingWhileThePaymentComesEndsPaidOrRefunded) {
  for (int round = 0; round < 10; ++round) {
    const auto sku = add_sku(1);
    const auto order = placed(sku, 1);
    clock_.advance(std::chrono::minutes{16});
    const auto both = [&](bool lapses) -> boost::asio::awaitable<int> {
      if (lapses) {
        co_await orders_->sweep();
      } else {
        co_await orders_->pay(order.id, "pm_card_visa", asked());
      }
      co_return 0;
    };
    std::vector<boost::asio::awaitable<int>> works;
    works.push_back(both(true));
    works.push_back(both(false));
    run_all(std::move(works));
    run(orders_->pay_out());
    move_stock();
    const auto after = read(order.id);
    if (after.state == OrderState::paid) {
      EXPECT_EQ(stock(sku), "0 available, 0 held, 1 sold");
    } else {
      EXPECT_EQ(after.captured, after.refunded);
      EXPECT_EQ(stock(sku), "1 available, 0 held, 0 sold");
    }
  }
}

TEST_F(HoldOfAnOrder, LapsesForManyOrdersAtOnce) {
  const auto sku = add_sku(40);
  std::vector<OrderView> orders;
  for (int i = 0; i < 40; ++i) orders.push_back(placed(sku, 1));
  clock_.advance(std::chrono::minutes{16});
  EXPECT_EQ(run(orders_->sweep()), 40U);
  move_stock();
  EXPECT_EQ(stock(sku), "40 available, 0 held, 0 sold");
}

}  // namespace
}  // namespace shopflow::orders
