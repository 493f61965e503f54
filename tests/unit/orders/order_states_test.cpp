#include "shopflow/orders/order_states.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace shopflow::orders {
namespace {

TEST(OrderStates, EveryPairOfTheTableIsLegalAndEveryOtherIsAConflict) {
  std::vector<std::optional<OrderState>> states{std::nullopt};
  for (const auto& [state, name] : json::Names<OrderState>::values) states.emplace_back(state);
  std::size_t legal = 0;
  for (const auto& from : states) {
    for (const auto& [trigger, name] : json::Names<OrderTrigger>::values) {
      const auto moved = step(from, trigger);
      const auto line = std::ranges::find_if(kOrderTransitions, [&, t = trigger](const auto& candidate) {
        return candidate.from == from && candidate.trigger == t;
      });
      if (line != kOrderTransitions.end()) {
        ++legal;
        ASSERT_TRUE(moved) << name;
        EXPECT_EQ(moved->to, line->to);
        EXPECT_EQ(moved->event, line->event);
      } else {
        ASSERT_FALSE(moved) << name;
        EXPECT_EQ(moved.error().code, "illegal_transition");
        EXPECT_EQ(moved.error().kind, ErrorKind::conflict);
      }
    }
  }
  EXPECT_EQ(legal, kOrderTransitions.size());
}

TEST(OrderStates, AHistoryReplaysToTheStateThatItLedTo) {
  std::optional<OrderState> state;
  for (const auto* event : {"OrderCreated", "ReservationExpired", "PaymentReceived", "OrderFulfilled"}) {
    state = replay(state, event, false);
    ASSERT_TRUE(state) << event;
  }
  EXPECT_EQ(state, OrderState::fulfilled);
  state = replay(state, "OrderShipped", false);
  EXPECT_EQ(state, OrderState::fulfilled);
  state = replay(state, "OrderShipped", true);
  EXPECT_EQ(state, OrderState::shipped);
  state = replay(state, "RefundProcessed", false);
  EXPECT_EQ(state, OrderState::shipped);
  state = replay(state, "OrderDelivered", false);
  EXPECT_EQ(state, OrderState::delivered);
  EXPECT_FALSE(replay(state, "OrderCancelled", false));
}

TEST(OrderStates, TheTableIsPrintedLineByLine) {
  const auto text = order_states_markdown();
  EXPECT_NE(
      text.find("| - | cart checked out | `pending_payment` | the hold is the order's | OrderCreated |"),
      std::string::npos);
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(text, '\n')), kOrderTransitions.size() + 2);
}

}  // namespace
}  // namespace shopflow::orders
