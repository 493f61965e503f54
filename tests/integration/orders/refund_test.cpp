#include "integration/orders/fixture.hpp"
#include "shopflow/orders/fulfilment.hpp"

namespace shopflow::orders {
namespace {

class RefundOfAnOrder : public OrdersTest {
 protected:
  /// A paid order of which everything has left the house.
  OrderView sent(SkuId sku, std::int32_t quantity) {
    const auto order = paid(sku, quantity);
    connection_.transact([&](db::Transaction& tx) {
      auto loaded = load_orders(tx, {order.id});
      const Told told{clock_.now(), kTrace};
      std::vector<events::NewEvent> events;
      events.push_back(fulfil(loaded.at(0), PickListId::make(clock_.now()), told).value());
      const Parcel parcel{ShipmentId::make(clock_.now()), "dhl", "JD1", std::nullopt, {{sku, quantity}}};
      events.push_back(ship(loaded[0], parcel, told).value());
      save_orders(tx, {&loaded[0]}, clock_.now());
      outbox_.append(tx, events);
    });
    move_stock();
    return read(order.id);
  }
  RefundView only_refund(OrderId order) {
    auto views = run(orders_->refunds(order)).value();
    EXPECT_EQ(views.size(), 1U);
    return views.at(0);
  }
};

TEST_F(RefundOfAnOrder, GivesBackEverythingUnlessToldOtherwise) {
  const auto order = paid(add_sku(1), 1);
  const auto answer = refund(order.id);
  ASSERT_TRUE(answer);
  EXPECT_EQ(json::read_trusted<RefundView>(*answer).state, RefundState::pending);
  EXPECT_EQ(only_refund(order.id).state, RefundState::succeeded);
  const auto after = read(order.id);
  EXPECT_EQ(after.state, OrderState::paid);
  EXPECT_EQ(after.payment_status, PaymentStatus::refunded);
  EXPECT_EQ(after.payment->refunded, order.total);
  EXPECT_EQ(provider_->given_back[ref_of(order)], order.total.amount);
  EXPECT_EQ(history(order.id), "OrderCreated PaymentReceived RefundProcessed");
}

TEST_F(RefundOfAnOrder, InPartsNeverGivesBackMoreThanCame) {
  const auto order = paid(add_sku(1), 1);
  const auto total = order.total.amount;
  ASSERT_TRUE(refund(order.id, 500));
  EXPECT_EQ(read(order.id).payment_status, PaymentStatus::partially_refunded);
  EXPECT_EQ(code(refund(order.id, total - 499)), "refund_exceeds_captured");
  ASSERT_TRUE(refund(order.id, total - 500));
  EXPECT_EQ(code(refund(order.id)), "nothing_to_refund");
  EXPECT_EQ(code(refund(order.id, 1)), "nothing_to_refund");
  EXPECT_EQ(read(order.id).payment_status, PaymentStatus::refunded);
}

TEST_F(RefundOfAnOrder, IsRefusedWhenItMakesNoSense) {
  const auto sku = add_sku(2);
  const auto order = paid(sku, 1);
  const Money dollars{100, *Currency::parse("USD")};
  EXPECT_EQ(code(run(orders_->refund(order.id, {dollars, "broken", {}}, asked()))), "wrong_currency");
  EXPECT_EQ(code(refund(order.id, 0)), "validation_failed");
  EXPECT_EQ(code(refund(placed(sku, 1).id)), "nothing_to_refund");
  EXPECT_EQ(code(refund(OrderId::make(clock_.now()))), "order_not_found");
  EXPECT_EQ(database_.number("SELECT count(*) FROM refunds"), 0);
}

TEST_F(RefundOfAnOrder, ManyAtOnceStayWithinWhatCame) {
  const auto order = paid(add_sku(1), 1);
  const auto total = order.total.amount;
  std::vector<boost::asio::awaitable<Answer>> works;
  for (int i = 0; i < 12; ++i) {
    const Money third{total / 3, order.total.currency};
    works.push_back(orders_->refund(order.id, {third, "broken", {}}, asked()));
  }
  int given = 0;
  for (const auto& answer : run_all(std::move(works))) given += answer ? 1 : 0;
  EXPECT_EQ(given, 3);
  EXPECT_EQ(provider_->given_back[ref_of(order)], total / 3 * 3);
}

TEST_F(RefundOfAnOrder, TakesBackUnitsThatHadLeft) {
  const auto sku = add_sku(3);
  const auto order = sent(sku, 2);
  EXPECT_EQ(stock(sku), "1 available, 0 held, 0 sold");
  ASSERT_TRUE(refund(order.id, 100, {{sku, 1}}));
  move_stock();
  EXPECT_EQ(stock(sku), "2 available, 0 held, 0 sold");
  const auto too_many = refund(order.id, 100, {{sku, 1}, {sku, 1}});
  ASSERT_EQ(code(too_many), "restock_exceeds_shipped");
  ASSERT_EQ(too_many.error().fields.size(), 1U);
  EXPECT_EQ(too_many.error().fields[0].pointer, "/restock/0");
  EXPECT_EQ(code(refund(order.id, 100, {{SkuId::make(clock_.now()), 1}})), "restock_exceeds_shipped");
  EXPECT_EQ(code(refund(order.id, 100, {{sku, 0}})), "restock_exceeds_shipped");
  EXPECT_EQ(read(order.id).state, OrderState::shipped);
}

TEST_F(RefundOfAnOrder, OfUnitsThatNeverLeftIsRefused) {
  const auto sku = add_sku(1);
  const auto order = paid(sku, 1);
  EXPECT_EQ(code(refund(order.id, 100, {{sku, 1}})), "restock_exceeds_shipped");
}

TEST_F(RefundOfAnOrder, IsTriedAgainUntilTheProviderAnswers) {
  const auto order = paid(add_sku(1), 1);
  provider_->down = true;
  ASSERT_TRUE(refund(order.id));
  auto waiting = only_refund(order.id);
  EXPECT_EQ(waiting.state, RefundState::pending);
  EXPECT_EQ(waiting.attempts, 1);
  EXPECT_EQ(waiting.error, "provider_unavailable");
  EXPECT_EQ(run(orders_->pay_out()), 0U);
  clock_.advance(std::chrono::seconds{2});
  EXPECT_EQ(run(orders_->pay_out()), 1U);
  EXPECT_EQ(only_refund(order.id).attempts, 2);
  provider_->down = false;
  clock_.advance(std::chrono::seconds{10});
  EXPECT_EQ(run(orders_->pay_out()), 1U);
  EXPECT_EQ(only_refund(order.id).state, RefundState::succeeded);
  EXPECT_EQ(run(orders_->pay_out()), 0U);
  EXPECT_EQ(provider_->given_back[ref_of(order)], order.total.amount);
}

TEST_F(RefundOfAnOrder, ThatACrashLeftBehindIsPaidOutOnce) {
  const auto order = paid(add_sku(1), 1);
  provider_->down = true;
  ASSERT_TRUE(refund(order.id));
  provider_->down = false;
  // The provider did it, and nobody heard.
  const auto id = only_refund(order.id).id;
  ASSERT_TRUE(run(provider_->refund(id, ref_of(order), order.total)));
  orders_ = make_orders();
  clock_.advance(std::chrono::minutes{1});
  EXPECT_EQ(run(orders_->pay_out()), 1U);
  EXPECT_EQ(provider_->given_back[ref_of(order)], order.total.amount);
  EXPECT_EQ(history(order.id), "OrderCreated PaymentReceived RefundProcessed");
}

TEST_F(RefundOfAnOrder, ThatTheProviderRefusesHasFailedAndMayBeAskedForAnew) {
  const auto order = paid(add_sku(1), 1);
  provider_->refuses_refunds = true;
  ASSERT_TRUE(refund(order.id));
  EXPECT_EQ(only_refund(order.id).state, RefundState::failed);
  EXPECT_EQ(read(order.id).payment_status, PaymentStatus::paid);
  provider_->refuses_refunds = false;
  ASSERT_TRUE(refund(order.id));
  EXPECT_EQ(read(order.id).payment_status, PaymentStatus::refunded);
}

TEST_F(RefundOfAnOrder, KeepsItsAnswerSoThatARepeatGivesNothingBackTwice) {
  const auto order = paid(add_sku(1), 1);
  ASSERT_TRUE(run(orders_->refund(order.id, {Money{100, order.total.currency}, "broken", {}}, asked("k"))));
  const auto repeat =
      run(orders_->refund(order.id, {Money{100, order.total.currency}, "broken", {}}, asked("k")));
  EXPECT_EQ(code(repeat), "idempotency_conflict");
  EXPECT_EQ(read(order.id).refunded.amount, 100);
}

}  // namespace
}  // namespace shopflow::orders
