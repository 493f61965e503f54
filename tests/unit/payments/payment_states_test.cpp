#include "shopflow/payments/payment_states.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace shopflow::payments {
namespace {

using enum PaymentState;
using T = PaymentTrigger;

const auto& kStates = json::Names<PaymentState>::values;
const auto& kTriggers = json::Names<PaymentTrigger>::values;

TEST(PaymentStates, EveryPairIsEitherTheMoveOfTheTableOrATypedConflict) {
  int legal = 0;
  for (const auto& [state, state_name] : kStates) {
    for (const auto& [trigger, trigger_name] : kTriggers) {
      const auto moved = step(state, trigger);
      const auto* line = find_transition(state, trigger);
      ASSERT_EQ(moved.has_value(), line != nullptr) << state_name << ", " << trigger_name;
      if (moved) {
        ++legal;
        EXPECT_EQ(moved->to, line->to);
        continue;
      }
      EXPECT_EQ(moved.error().code, "illegal_transition");
      EXPECT_EQ(moved.error().kind, ErrorKind::conflict);
      EXPECT_NE(moved.error().detail.find(state_name), std::string::npos);
    }
  }
  EXPECT_EQ(static_cast<std::size_t>(legal), kPaymentTransitions.size());
}

TEST(PaymentStates, ACardGoesStraightToSucceededAndTellsOfIt) {
  const auto moved = step(requires_payment_method, T::paid);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->to, succeeded);
  EXPECT_EQ(moved->effect, PaymentEffect::book_money);
  EXPECT_EQ(moved->event, "PaymentReceived");
}

TEST(PaymentStates, ADeclineLeavesRoomForAnotherAttempt) {
  for (const auto from : {requires_payment_method, requires_confirmation, requires_action, processing}) {
    EXPECT_EQ(step(from, T::declined)->to, requires_payment_method);
  }
}

TEST(PaymentStates, NothingLeadsOutOfSucceededAndCanceled) {
  for (const auto& [trigger, name] : kTriggers) {
    EXPECT_FALSE(step(succeeded, trigger)) << name;
    EXPECT_FALSE(step(canceled, trigger)) << name;
  }
}

TEST(PaymentStates, NewsNeverReplacesAFinalState) {
  for (const auto& [news, name] : kStates) {
    EXPECT_FALSE(supersedes(succeeded, news)) << name;
    EXPECT_FALSE(supersedes(canceled, news)) << name;
  }
}

TEST(PaymentStates, MoneyAndCancellationReplaceEverythingThatIsNotFinal) {
  for (const auto& [state, name] : kStates) {
    if (is_final(state)) continue;
    EXPECT_TRUE(supersedes(state, succeeded)) << name;
    EXPECT_TRUE(supersedes(state, canceled)) << name;
  }
}

TEST(PaymentStates, LateNewsDoesNotMoveAPaymentBackwards) {
  EXPECT_FALSE(supersedes(processing, requires_action));
  EXPECT_FALSE(supersedes(processing, requires_confirmation));
  EXPECT_FALSE(supersedes(processing, processing));
  EXPECT_FALSE(supersedes(requires_action, requires_confirmation));
  EXPECT_FALSE(supersedes(requires_capture, processing));
  EXPECT_FALSE(supersedes(requires_capture, requires_payment_method));
}

TEST(PaymentStates, AnotherDeclineReplacesTheReasonOfTheOneBefore) {
  EXPECT_TRUE(supersedes(requires_payment_method, requires_payment_method));
  EXPECT_TRUE(supersedes(processing, requires_payment_method));
}

TEST(PaymentStates, ArePrintedAsOneRowAMove) {
  const auto table = payment_states_markdown();
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(table, '\n')), kPaymentTransitions.size() + 2);
  EXPECT_TRUE(table.starts_with("| from | trigger | to | effect | event |\n|---|---|---|---|---|\n"));
  EXPECT_NE(table.find("| `processing` | paid | `succeeded` | book the money | PaymentReceived |\n"),
            std::string::npos);
}

}  // namespace
}  // namespace shopflow::payments
