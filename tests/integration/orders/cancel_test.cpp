#include "integration/orders/fixture.hpp"
#include "shopflow/orders/audit.hpp"
#include "shopflow/orders/fulfilment.hpp"

namespace shopflow::orders {
namespace {

using payments::PaymentState;

class Cancellation : public OrdersTest {};

TEST_F(Cancellation, OfAnUnpaidOrderFreesItsUnitsAndClosesItsPayment) {
  const auto sku = add_sku(2);
  const auto order = placed(sku, 2);
  const auto answer = cancel(order.id);
  ASSERT_TRUE(answer);
  const auto after = view(*answer);
  EXPECT_EQ(after.state, OrderState::cancelled);
  EXPECT_EQ(after.cancel_reason, "changed_mind");
  EXPECT_EQ(after.payment->state, PaymentState::canceled);
  EXPECT_EQ(stage(order.cart_id), "released");
  EXPECT_EQ(history(order.id), "OrderCreated OrderCancelled");
  move_stock();
  EXPECT_EQ(stock(sku), "2 available, 0 held, 0 sold");
}

TEST_F(Cancellation, OfAPaidOrderGivesTheMoneyBackAndTheUnits) {
  const auto sku = add_sku(2);
  const auto order = paid(sku, 2);
  ASSERT_TRUE(cancel(order.id));
  const auto after = read(order.id);
  EXPECT_EQ(after.state, OrderState::cancelled);
  EXPECT_EQ(after.payment_status, PaymentStatus::refunded);
  EXPECT_EQ(after.refunded, order.total);
  EXPECT_EQ(provider_->given_back[ref_of(order)], order.total.amount);
  EXPECT_EQ(history(order.id), "OrderCreated PaymentReceived OrderCancelled RefundProcessed");
  EXPECT_EQ(database_.sql("SELECT data::json ->> 'surplus' FROM events WHERE type = 'RefundProcessed'"),
            "false");
  move_stock();
  EXPECT_EQ(stock(sku), "2 available, 0 held, 0 sold");
}

TEST_F(Cancellation, GivesBackWhatAnEarlierRefundHasLeft) {
  const auto order = paid(add_sku(1), 1);
  ASSERT_TRUE(refund(order.id, 300));
  ASSERT_TRUE(cancel(order.id));
  EXPECT_EQ(read(order.id).refunded, order.total);
  EXPECT_EQ(database_.number("SELECT count(*) FROM refunds"), 2);
}

TEST_F(Cancellation, IsRefusedTwiceAndForAPackedOrderAndForNone) {
  const auto order = placed(add_sku(1), 1);
  ASSERT_TRUE(cancel(order.id));
  EXPECT_EQ(code(cancel(order.id)), "illegal_transition");
  EXPECT_EQ(code(cancel(OrderId::make(clock_.now()))), "order_not_found");
  const auto packed = paid(add_sku(1), 1);
  connection_.transact([&](db::Transaction& tx) {
    auto loaded = load_orders(tx, {packed.id});
    const auto event = fulfil(loaded.at(0), PickListId::make(clock_.now()), {clock_.now(), kTrace});
    ASSERT_TRUE(event);
    save_orders(tx, {&loaded[0]}, clock_.now());
    outbox_.append(tx, {*event});
  });
  EXPECT_EQ(code(cancel(packed.id)), "illegal_transition");
  EXPECT_EQ(read(packed.id).state, OrderState::fulfilled);
  EXPECT_EQ(provider_->refund_calls, 0);
}

TEST_F(Cancellation, WaitsForAProviderThatCanNotBeReached) {
  const auto order = placed(add_sku(1), 1);
  provider_->down = true;
  EXPECT_EQ(code(cancel(order.id)), "provider_unavailable");
  EXPECT_EQ(read(order.id).state, OrderState::pending_payment);
  EXPECT_EQ(stage(order.cart_id), "checkout");
}

TEST_F(Cancellation, ThatFindsTheMoneyComeAlreadyGivesItBack) {
  const auto order = placed(add_sku(1), 1);
  provider_->pay_outside(ref_of(order));
  ASSERT_TRUE(cancel(order.id));
  EXPECT_EQ(read(order.id).payment_status, PaymentStatus::refunded);
  EXPECT_EQ(history(order.id), "OrderCreated PaymentReceived OrderCancelled RefundProcessed");
}

TEST_F(Cancellation, BeforeTheMoneyComesSendsItBack) {
  const auto order = placed(add_sku(1), 1);
  ASSERT_TRUE(cancel(order.id));
  ASSERT_TRUE(run(orders_->record(notice(order, provider_->pay_outside(ref_of(order)), "evt_1"))));
  EXPECT_EQ(run(orders_->pay_out()), 1U);
  const auto after = read(order.id);
  EXPECT_EQ(after.state, OrderState::cancelled);
  EXPECT_EQ(after.captured, order.total);
  EXPECT_EQ(after.refunded, order.total);
  EXPECT_EQ(history(order.id), "OrderCreated OrderCancelled RefundProcessed");
  EXPECT_EQ(database_.sql("SELECT data::json ->> 'surplus' FROM events WHERE type = 'RefundProcessed'"),
            "true");
}

TEST_F(Cancellation, WhoseMoneyTheProviderKeepsIsADifferenceUntilItHasGoneBack) {
  const auto order = placed(add_sku(1), 1);
  ASSERT_TRUE(cancel(order.id));
  ASSERT_TRUE(run(orders_->record(notice(order, provider_->pay_outside(ref_of(order)), "evt_1"))));
  provider_->refuses_refunds = true;
  EXPECT_EQ(run(orders_->pay_out()), 1U);
  std::vector<Difference> kept;
  const auto look = [&](db::Transaction& tx) { kept = audit_orders(tx, clock_.now()); };
  connection_.read(look);
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].check, "money without an order goes back");
  EXPECT_EQ(kept[0].expected, order.total.amount);
  EXPECT_EQ(kept[0].found, 0);
  provider_->refuses_refunds = false;
  ASSERT_TRUE(refund(order.id));
  EXPECT_EQ(read(order.id).refunded, order.total);
  connection_.read(look);
  EXPECT_TRUE(kept.empty());
}

TEST_F(Cancellation, RacingThePaymentNeverKeepsTheMoneyOfACancelledOrder) {
  for (int round = 0; round < 10; ++round) {
    const auto order = placed(add_sku(1), 1);
    std::vector<boost::asio::awaitable<Answer>> works;
    works.push_back(orders_->cancel(order.id, "changed_mind", asked()));
    works.push_back(orders_->pay(order.id, "pm_card_visa", asked()));
    works.push_back(orders_->cancel(order.id, "changed_mind", asked()));
    run_all(std::move(works));
    run(orders_->pay_out());
    const auto after = read(order.id);
    if (after.state == OrderState::cancelled) {
      EXPECT_EQ(after.captured, after.refunded);
    } else {
      EXPECT_EQ(after.state, OrderState::paid);
      EXPECT_EQ(after.captured, order.total);
      EXPECT_EQ(after.refunded.amount, 0);
    }
  }
}

TEST_F(Cancellation, ByTheClockHitsOrdersThatNobodyPaid) {
  const auto sku = add_sku(3);
  const auto forgotten = placed(sku, 1);
  const auto invoice = placed(sku, 1, "manual");
  const auto done = paid(sku, 1);
  clock_.advance(std::chrono::hours{23});
  EXPECT_EQ(run(orders_->sweep()), 2U) << "their holds";
  EXPECT_EQ(run(orders_->sweep()), 0U);
  clock_.advance(std::chrono::hours{2});
  EXPECT_EQ(run(orders_->sweep()), 2U);
  EXPECT_EQ(read(forgotten.id).state, OrderState::cancelled);
  EXPECT_EQ(read(forgotten.id).cancel_reason, "not_paid");
  EXPECT_EQ(read(invoice.id).state, OrderState::cancelled);
  EXPECT_EQ(read(done.id).state, OrderState::paid);
  EXPECT_EQ(run(orders_->sweep()), 0U);
  EXPECT_EQ(history(forgotten.id), "OrderCreated ReservationExpired OrderCancelled");
}

}  // namespace
}  // namespace shopflow::orders
