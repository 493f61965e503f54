#include "shopflow/warehouse/pick_list_states.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

namespace shopflow::warehouse {
namespace {

using enum PickListState;
using T = PickListTrigger;

/// What the machine must be, written a second time and by hand.
const std::map<std::pair<std::optional<PickListState>, T>, PickListState> kExpected{
    {{std::nullopt, T::order_created}, waiting},
    {{waiting, T::order_paid}, ready},
    {{waiting, T::order_cancelled}, void_},
    {{ready, T::claimed}, picking},
    {{ready, T::order_cancelled}, void_},
    {{picking, T::released}, ready},
    {{picking, T::packed}, packed},
    {{picking, T::order_cancelled}, void_},
    {{packed, T::order_fulfilled}, handed_over}};

TEST(PickListStates, EveryPairIsTheExpectedMoveOrATypedConflict) {
  std::vector<std::optional<PickListState>> states{std::nullopt};
  for (const auto& entry : json::Names<PickListState>::values) states.emplace_back(entry.first);
  for (const auto& from : states) {
    for (const auto& [trigger, name] : json::Names<T>::values) {
      const auto expected = kExpected.find({from, trigger});
      const auto moved = step(from, trigger);
      ASSERT_EQ(moved.has_value(), expected != kExpected.end())
          << (from ? json::name_of(*from) : "not there") << ", " << name;
      if (moved) {
        EXPECT_EQ(*moved, expected->second);
        continue;
      }
      EXPECT_EQ(moved.error().code, "illegal_transition");
      EXPECT_EQ(moved.error().kind, ErrorKind::conflict);
      EXPECT_NE(moved.error().detail.find(name), std::string::npos);
    }
  }
}

TEST(PickListStates, OnlyPackingTellsOfItself) {
  for (const auto& move : kPickListMoves) {
    EXPECT_EQ(move.event, move.trigger == T::packed ? "OrderFulfilled" : "");
  }
}

TEST(PickListStates, ThePrintedTableHasALineForEachMove) {
  const auto table = pick_list_states_markdown();
  EXPECT_TRUE(table.starts_with("| from | trigger | to | event |\n|---|---|---|---|\n"));
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(table, '\n')), kPickListMoves.size() + 2);
  EXPECT_NE(table.find("| - | order created | `waiting` |  |\n"), std::string::npos);
  EXPECT_NE(table.find("| `picking` | packed | `packed` | OrderFulfilled |\n"), std::string::npos);
}

}  // namespace
}  // namespace shopflow::warehouse
