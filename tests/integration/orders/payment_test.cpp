#include "integration/orders/fixture.hpp"

namespace shopflow::orders {
namespace {

using payments::PaymentState;
using payments::Snapshot;

class PaymentOfAnOrder : public OrdersTest {};

TEST_F(PaymentOfAnOrder, PaysIt) {
  const auto sku = add_sku(3);
  const auto order = placed(sku, 2);
  const auto paid_now = payment(pay(order.id));
  EXPECT_EQ(paid_now.state, PaymentState::succeeded);
  EXPECT_EQ(paid_now.captured, order.total);
  EXPECT_EQ(paid_now.method, "pm_card_visa");
  const auto after = read(order.id);
  EXPECT_EQ(after.state, OrderState::paid);
  EXPECT_EQ(after.payment_status, PaymentStatus::paid);
  EXPECT_EQ(after.captured, order.total);
  EXPECT_EQ(stage(order.cart_id), "sold");
  EXPECT_EQ(history(order.id), "OrderCreated PaymentReceived");
  move_stock();
  EXPECT_EQ(stock(sku), "1 available, 0 held, 2 sold");
}

TEST_F(PaymentOfAnOrder, ThatIsDeclinedLeavesItOpenForAnother) {
  const auto order = placed(add_sku(1), 1);
  const auto declined = payment(pay(order.id, "pm_declined"));
  EXPECT_EQ(declined.state, PaymentState::requires_payment_method);
  EXPECT_EQ(declined.error, "card_declined");
  EXPECT_EQ(read(order.id).state, OrderState::pending_payment);
  const auto second = payment(pay(order.id));
  EXPECT_EQ(second.id, declined.id);
  EXPECT_EQ(second.state, PaymentState::succeeded);
  EXPECT_FALSE(second.error);
}

TEST_F(PaymentOfAnOrder, MaySendTheShopperToTheBank) {
  const auto order = placed(add_sku(1), 1);
  const auto waiting = payment(pay(order.id, "pm_3ds"));
  EXPECT_EQ(waiting.state, PaymentState::requires_action);
  EXPECT_EQ(waiting.next_action, "https://bank.example/3ds");
  ASSERT_TRUE(run(orders_->record(notice(order, provider_->pay_outside(ref_of(order)), "evt_1"))));
  EXPECT_EQ(read(order.id).state, OrderState::paid);
}

TEST_F(PaymentOfAnOrder, ByAnUnknownMethodIsRefused) {
  const auto order = placed(add_sku(1), 1);
  EXPECT_EQ(code(pay(order.id, "pm_seashells")), "unknown_payment_method");
}

TEST_F(PaymentOfAnOrder, ThatIsProcessingKeepsTheHoldAndHoldsOffOthers) {
  const auto order = placed(add_sku(1), 1);
  EXPECT_EQ(payment(pay(order.id, "pm_bank")).state, PaymentState::processing);
  EXPECT_EQ(stage(order.cart_id), "payment");
  EXPECT_EQ(code(pay(order.id)), "payment_in_progress");
  clock_.advance(std::chrono::minutes{20});
  EXPECT_EQ(run(orders_->sweep()), 0U);
  ASSERT_TRUE(run(orders_->record(notice(order, provider_->pay_outside(ref_of(order)), "evt_1"))));
  EXPECT_EQ(read(order.id).state, OrderState::paid);
}

TEST_F(PaymentOfAnOrder, ThatIsPaidOrCancelledOrNoneIsRefused) {
  const auto sku = add_sku(2);
  const auto order = paid(sku, 1);
  EXPECT_EQ(code(pay(order.id)), "order_already_paid");
  const auto given_up = placed(sku, 1);
  ASSERT_TRUE(cancel(given_up.id));
  EXPECT_EQ(code(pay(given_up.id)), "order_is_cancelled");
  EXPECT_EQ(code(pay(OrderId::make(clock_.now()))), "order_not_found");
}

TEST_F(PaymentOfAnOrder, IsCountedOnceHoweverOftenItIsTold) {
  const auto order = placed(add_sku(1), 1);
  const auto snapshot = provider_->pay_outside(ref_of(order));
  std::vector<boost::asio::awaitable<Result<void>>> works;
  for (int i = 0; i < 12; ++i) {
    works.push_back(orders_->record(notice(order, snapshot, i < 6 ? "evt_1" : "evt_" + std::to_string(i))));
  }
  for (const auto& recorded : run_all(std::move(works))) EXPECT_TRUE(recorded);
  EXPECT_EQ(history(order.id), "OrderCreated PaymentReceived");
  EXPECT_EQ(read(order.id).captured, order.total);
  EXPECT_EQ(database_.number("SELECT count(*) FROM refunds"), 0);
}

TEST_F(PaymentOfAnOrder, IgnoresLateAndBackwardNews) {
  const auto order = placed(add_sku(1), 1);
  const auto done = provider_->pay_outside(ref_of(order));
  ASSERT_TRUE(run(orders_->record(notice(order, done, "evt_2"))));
  for (const auto state : {PaymentState::processing, PaymentState::requires_payment_method,
                           PaymentState::requires_action, PaymentState::canceled}) {
    auto late = done;
    late.state = state;
    late.captured = 0;
    ASSERT_TRUE(run(orders_->record(notice(order, late))));
    EXPECT_EQ(read(order.id).payment->state, PaymentState::succeeded);
  }
  EXPECT_EQ(history(order.id), "OrderCreated PaymentReceived");
}

TEST_F(PaymentOfAnOrder, IsNotSetBackByTheRefusalOfAnEarlierAttempt) {
  const auto order = placed(add_sku(1), 1);
  EXPECT_EQ(payment(pay(order.id, "pm_declined")).state, PaymentState::requires_payment_method);
  EXPECT_EQ(payment(pay(order.id, "pm_3ds")).state, PaymentState::requires_action);
  payments::Snapshot refused{.ref = ref_of(order), .amount = order.total};
  refused.error_code = "card_declined";
  refused.method = "pm_declined";
  ASSERT_TRUE(run(orders_->record(notice(order, refused, "evt_1"))));
  EXPECT_EQ(read(order.id).payment->state, PaymentState::requires_action);
  refused.method = "pm_3ds";
  ASSERT_TRUE(run(orders_->record(notice(order, refused, "evt_2"))));
  EXPECT_EQ(read(order.id).payment->state, PaymentState::requires_payment_method);
}

TEST_F(PaymentOfAnOrder, FollowsAnAttemptWhoseAnswerWasLost) {
  const auto order = placed(add_sku(1), 1);
  EXPECT_EQ(payment(pay(order.id, "pm_3ds")).state, PaymentState::requires_action);
  payments::Snapshot debit{.ref = ref_of(order), .state = PaymentState::processing, .amount = order.total};
  debit.method = "pm_bank";
  ASSERT_TRUE(run(orders_->record(notice(order, debit, "evt_1"))));
  EXPECT_EQ(read(order.id).payment->method, "pm_bank");
  debit.state = PaymentState::requires_payment_method;
  debit.error_code = "insufficient_funds";
  ASSERT_TRUE(run(orders_->record(notice(order, debit, "evt_2"))));
  EXPECT_EQ(read(order.id).payment->state, PaymentState::requires_payment_method);
}

TEST_F(PaymentOfAnOrder, TakesTheRefusalOfAnotherMethodFromWhoeverTriedIt) {
  const auto order = placed(add_sku(1), 1);
  EXPECT_EQ(payment(pay(order.id, "pm_3ds")).state, PaymentState::requires_action);
  EXPECT_EQ(payment(pay(order.id, "pm_declined")).state, PaymentState::requires_payment_method);
}

TEST_F(PaymentOfAnOrder, OfAnotherAmountOrCurrencyIsRefusedAndMarked) {
  const auto order = placed(add_sku(1), 1);
  auto snapshot = provider_->pay_outside(ref_of(order));
  for (const auto wrong : {Money{order.total.amount - 1, order.total.currency},
                           Money{order.total.amount, *Currency::parse("USD")}}) {
    auto other = snapshot;
    other.amount = wrong;
    EXPECT_EQ(code(run(orders_->record(notice(order, other, "evt_1")))), "payment_amount_mismatch");
  }
  auto part = snapshot;
  part.captured -= 1;
  EXPECT_EQ(code(run(orders_->record(notice(order, part, "evt_1")))), "payment_amount_mismatch");
  EXPECT_EQ(read(order.id).state, OrderState::pending_payment);
  EXPECT_EQ(read(order.id).payment->error, "payment_amount_mismatch");
  // Once it fits, the same notice counts.
  ASSERT_TRUE(run(orders_->record(notice(order, snapshot, "evt_1"))));
  EXPECT_EQ(read(order.id).state, OrderState::paid);
}

TEST_F(PaymentOfAnOrder, WhoseAnswerWasLostIsToldOfAgain) {
  const auto order = placed(add_sku(1), 1);
  provider_->lose_next_answer = true;
  const auto try_it = [&](const std::string& key, const std::string& method = "pm_card_visa") {
    auto by = asked(key);
    by.receipt->fingerprint[0] = static_cast<std::uint8_t>(method.size());
    return run(orders_->pay(order.id, method, by));
  };
  EXPECT_EQ(code(try_it("first")), "provider_unavailable");
  EXPECT_EQ(read(order.id).state, OrderState::pending_payment);
  // The provider's own word is quicker than the repeat.
  ASSERT_TRUE(run(orders_->record(notice(order, provider_->pay_outside(ref_of(order)), "evt_1"))));
  EXPECT_EQ(read(order.id).state, OrderState::paid);
  const auto again = try_it("first");
  EXPECT_EQ(payment(again).state, PaymentState::succeeded);
  EXPECT_EQ(payment(again).id, order.payment->id);
  EXPECT_EQ(kept_answer(database_, *asked("first").receipt), *again);
  EXPECT_EQ(code(try_it("second")), "order_already_paid");
  EXPECT_EQ(code(try_it("first", "pm_bank")), "order_already_paid");
  EXPECT_EQ(history(order.id), "OrderCreated PaymentReceived");
}

TEST_F(PaymentOfAnOrder, ThatIsNotTheirsIsNotFound) {
  const auto sku = add_sku(2);
  const auto order = placed(sku, 1);
  const auto other = placed(sku, 1);
  auto stray = notice(order, provider_->pay_outside(ref_of(order)));
  stray.order_id = other.id;
  EXPECT_EQ(code(run(orders_->record(stray))), "payment_not_found");
  stray.order_id = order.id;
  stray.provider = "manual";
  EXPECT_EQ(code(run(orders_->record(stray))), "payment_not_found");
}

TEST_F(PaymentOfAnOrder, ByInvoiceIsMarkedByTheStaff) {
  const auto sku = add_sku(2);
  const auto order = placed(sku, 1, "manual");
  EXPECT_EQ(code(pay(order.id)), "unknown_payment_method");
  const auto marked = run(orders_->mark_paid(order.id, asked()));
  ASSERT_TRUE(marked) << marked.error().code;
  EXPECT_EQ(view(*marked).state, OrderState::paid);
  EXPECT_EQ(code(run(orders_->mark_paid(order.id, asked()))), "order_already_paid");
  EXPECT_EQ(code(run(orders_->mark_paid(placed(sku, 1).id, asked()))), "payment_not_manual");
  EXPECT_EQ(code(run(orders_->mark_paid(OrderId::make(clock_.now()), asked()))), "order_not_found");
}

TEST_F(PaymentOfAnOrder, ThatCameTwiceGoesBackOnce) {
  const auto order = placed(add_sku(1), 1);
  ASSERT_EQ(payment(pay(order.id)).state, PaymentState::succeeded);
  // A second payment of the same order, as two browser tabs would make one.
  const auto second = PaymentId::make(clock_.now());
  const auto made = run(provider_->create(second, order.id, order.total));
  database_.sql(
      "INSERT INTO payments (id, order_id, provider, state, version, amount, currency, provider_ref, "
      "created_at, updated_at) SELECT '" +
      to_hyphenated(second.value) + "', order_id, provider, 'processing', 1, amount, currency, '" +
      made->ref + "', now(), now() FROM payments");
  payments::PaymentNotice news{second, order.id, "sandbox", provider_->pay_outside(made->ref), "evt_9"};
  ASSERT_TRUE(run(orders_->record(news)));
  EXPECT_EQ(run(orders_->pay_out()), 1U);
  const auto after = read(order.id);
  EXPECT_EQ(after.state, OrderState::paid);
  EXPECT_EQ(after.payment_status, PaymentStatus::paid);
  EXPECT_EQ(after.captured.amount, 2 * order.total.amount);
  EXPECT_EQ(after.refunded, order.total);
  EXPECT_EQ(after.payment->id, order.payment->id);
  EXPECT_EQ(provider_->given_back[made->ref], order.total.amount);
  EXPECT_EQ(history(order.id), "OrderCreated PaymentReceived RefundProcessed");
  EXPECT_EQ(database_.sql("SELECT data::json ->> 'surplus' FROM events WHERE type = 'RefundProcessed'"),
            "true");
}

}  // namespace
}  // namespace shopflow::orders
