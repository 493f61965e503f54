#include "shopflow/carts/reservation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace shopflow::carts {
namespace {

using Expected = std::tuple<std::optional<Stage>, Trigger, Stage>;

// Written down a second time, from the product's description, so that a slip in the table shows.
const std::set<Expected> kLegal{
    {std::nullopt, Trigger::added_to_cart, Stage::cart},
    {Stage::cart, Trigger::checkout_started, Stage::checkout},
    {Stage::checkout, Trigger::payment_processing, Stage::payment},
    {Stage::checkout, Trigger::order_completed, Stage::sold},
    {Stage::payment, Trigger::order_completed, Stage::sold},
    {Stage::cart, Trigger::deadline_passed, Stage::expired},
    {Stage::checkout, Trigger::deadline_passed, Stage::expired},
    {Stage::payment, Trigger::deadline_passed, Stage::expired},
    {Stage::cart, Trigger::released, Stage::released},
    {Stage::checkout, Trigger::released, Stage::released},
    {Stage::payment, Trigger::released, Stage::released},
};

TEST(ReservationTable, EveryPairOfStageAndTriggerIsLegalExactlyWhereTheDescriptionSaysSo) {
  std::vector<std::optional<Stage>> stages{std::nullopt};
  for (const auto& entry : json::Names<Stage>::values) stages.emplace_back(entry.first);
  std::size_t legal = 0;
  for (const auto& from : stages) {
    for (const auto& entry : json::Names<Trigger>::values) {
      const auto next = step(from, entry.first);
      if (next) {
        ++legal;
        EXPECT_TRUE(kLegal.contains({from, entry.first, *next})) << entry.second;
      } else {
        EXPECT_EQ(next.error().code, "illegal_transition");
        EXPECT_EQ(next.error().kind, ErrorKind::conflict);
        EXPECT_NE(next.error().detail.find(entry.second), std::string::npos);
      }
    }
  }
  EXPECT_EQ(legal, kLegal.size());
}

TEST(ReservationTable, TheChecksNoticeUnitsThatWouldBeLost) {
  constexpr std::array<Transition, 1> lost{
      {{Stage::cart, Trigger::released, Stage::released, Effect::none, ""}}};
  EXPECT_FALSE(effects_balance(lost));
}

TEST(ReservationTable, IsPrintedAsOneRowAMove) {
  const auto text = reservation_table_markdown();
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(text, '\n')), kReservationTable.size());
  EXPECT_TRUE(text.starts_with("| - | added to cart | `cart` | available -> held | - |\n")) << text;
}

}  // namespace
}  // namespace shopflow::carts
