#include "shopflow/orders/fulfilment.hpp"

#include <gtest/gtest.h>

namespace shopflow::orders {
namespace {

const Timestamp kNow = *parse_rfc3339("2026-11-21T08:00:00Z");
const Told kTold{kNow, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
const SkuId kMug = SkuId::make(kNow);
const SkuId kTea = SkuId::make(kNow);

Order order_in(OrderState state) {
  Order order;
  order.id = OrderId::make(kNow);
  order.state = state;
  order.event_sequence = 2;
  order.lines = {{kMug, "MUG", "Mug", 3, 500, 0, 1500, 0}, {kTea, "TEA", "Tea", 1, 300, 0, 300, 0}};
  return order;
}

Parcel parcel_with(std::vector<events::Units> lines) {
  return {ShipmentId::make(kNow), "dhl", "JD01", "https://track.example/JD01", std::move(lines)};
}

TEST(Fulfilment, APaidOrderIsFulfilledOnceItIsPacked) {
  auto order = order_in(OrderState::paid);
  const auto event = fulfil(order, PickListId::make(kNow), kTold);
  ASSERT_TRUE(event);
  EXPECT_EQ(order.state, OrderState::fulfilled);
  EXPECT_EQ(event->type, "OrderFulfilled");
  EXPECT_EQ(event->sequence, 3);
  EXPECT_EQ(event->aggregate, "order");
  EXPECT_EQ(event->aggregate_id, order.id.value);
}

TEST(Fulfilment, AnUnpaidOrderCanNotBePacked) {
  auto order = order_in(OrderState::pending_payment);
  const auto event = fulfil(order, PickListId::make(kNow), kTold);
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, "illegal_transition");
  EXPECT_EQ(order.event_sequence, 2);
}

TEST(Fulfilment, AnOrderIsShippedWhenItsLastLineHasLeft) {
  auto order = order_in(OrderState::fulfilled);
  const auto first = ship(order, parcel_with({{kMug, 2}}), kTold);
  ASSERT_TRUE(first);
  EXPECT_EQ(order.state, OrderState::fulfilled);
  EXPECT_EQ(order.lines[0].shipped, 2);
  EXPECT_NE(first->data.find(R"("complete":false)"), std::string::npos);
  const auto last = ship(order, parcel_with({{kMug, 1}, {kTea, 1}}), kTold);
  ASSERT_TRUE(last);
  EXPECT_EQ(order.state, OrderState::shipped);
  EXPECT_EQ(last->sequence, 4);
  EXPECT_NE(last->data.find(R"("complete":true)"), std::string::npos);
}

TEST(Fulfilment, AParcelWithMoreThanIsDueIsRefusedAndNothingChanges) {
  auto order = order_in(OrderState::fulfilled);
  const auto twice = ship(order, parcel_with({{kTea, 1}, {kMug, 2}, {kMug, 2}}), kTold);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, "ships_too_much");
  const auto none = ship(order, parcel_with({{kMug, 0}}), kTold);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "ships_too_much");
  const auto strange = ship(order, parcel_with({{SkuId::make(kNow), 1}}), kTold);
  ASSERT_FALSE(strange);
  EXPECT_EQ(strange.error().code, "unknown_line");
  EXPECT_EQ(order.lines[0].shipped + order.lines[1].shipped, 0);
  EXPECT_EQ(order.event_sequence, 2);
}

TEST(Fulfilment, AnOrderThatIsNotPackedCanNotLeave) {
  auto order = order_in(OrderState::paid);
  const auto event = ship(order, parcel_with({{kMug, 3}, {kTea, 1}}), kTold);
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, "illegal_transition");
}

TEST(Fulfilment, AnOrderIsDeliveredWhenItsLastParcelHasArrived) {
  auto order = order_in(OrderState::fulfilled);
  ASSERT_TRUE(ship(order, parcel_with({{kMug, 3}}), kTold));
  const auto early = deliver(order, ShipmentId::make(kNow), false, kTold);
  ASSERT_TRUE(early);
  EXPECT_FALSE(early->has_value());
  ASSERT_TRUE(ship(order, parcel_with({{kTea, 1}}), kTold));
  const auto waiting = deliver(order, ShipmentId::make(kNow), true, kTold);
  ASSERT_TRUE(waiting);
  EXPECT_FALSE(waiting->has_value());
  EXPECT_EQ(order.state, OrderState::shipped);
  const auto arrived = deliver(order, ShipmentId::make(kNow), false, kTold);
  ASSERT_TRUE(arrived && arrived->has_value());
  EXPECT_EQ((*arrived)->type, "OrderDelivered");
  EXPECT_EQ(order.state, OrderState::delivered);
}

TEST(Fulfilment, NothingArrivesThatHasNotLeft) {
  auto order = order_in(OrderState::fulfilled);
  const auto event = deliver(order, ShipmentId::make(kNow), false, kTold);
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, "illegal_transition");
}

}  // namespace
}  // namespace shopflow::orders
