#include "orders/chores.hpp"

#include <gtest/gtest.h>

#include "shopflow/core/time.hpp"

namespace shopflow::orders {
namespace {

Chore chore() { return {OrderId::make(SystemClock{}.now()), true}; }

TEST(Chores, AreDoneInTheirOrderAndUntilThenNotTakenUpAgain) {
  Chores chores;
  const auto first = chore();
  const auto second = chore();
  EXPECT_TRUE(chores.add("stripe", first));
  EXPECT_TRUE(chores.add("stripe", second)) << "a worker for each";
  EXPECT_FALSE(chores.add("stripe", first));
  EXPECT_EQ(chores.next("stripe")->order_id, first.order_id);
  EXPECT_TRUE(chores.contains(first.order_id)) << "it is being done";
  chores.finish(first.order_id);
  EXPECT_FALSE(chores.contains(first.order_id));
  EXPECT_EQ(chores.next("stripe")->order_id, second.order_id);
  EXPECT_FALSE(chores.next("stripe")) << "one worker ends";
}

TEST(Chores, HaveSoManyWorkersForOneProviderWhoeverElseHasSome) {
  Chores chores;
  for (std::size_t i = 0; i < Chores::kWorkersMax; ++i) EXPECT_TRUE(chores.add("slow", chore()));
  const auto waits = chore();
  EXPECT_FALSE(chores.add("slow", waits));
  EXPECT_TRUE(chores.contains(waits.order_id));
  EXPECT_TRUE(chores.add("other", chore()));
  EXPECT_TRUE(chores.add("", chore()));
  for (std::size_t i = 0; i <= Chores::kWorkersMax; ++i) EXPECT_TRUE(chores.next("slow"));
  EXPECT_FALSE(chores.next("slow"));
  EXPECT_TRUE(chores.add("slow", chore())) << "in the place of the one that has ended";
}

TEST(Chores, BeyondWhatMayWaitAreLeftWhereTheyWereFound) {
  Chores chores;
  for (std::size_t i = 0; i < Chores::kWaitingMax; ++i) (void)chores.add("slow", chore());
  const auto beyond = chore();
  EXPECT_FALSE(chores.add("slow", beyond));
  EXPECT_FALSE(chores.contains(beyond.order_id));
  EXPECT_TRUE(chores.add("other", beyond));
}

}  // namespace
}  // namespace shopflow::orders
