#include "shopflow/shipping/shipment_states.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace shopflow::shipping {
namespace {

using enum ShipmentState;
using E = ShipmentEffect;

/// Where a parcel may go from where, written a second time and by hand.
const std::map<std::optional<ShipmentState>, std::set<ShipmentState>> kExpected{
    {std::nullopt, {label_created}},
    {label_created, {picked_up, in_transit, out_for_delivery}},
    {picked_up, {in_transit, out_for_delivery, delivered, exception, returned}},
    {in_transit, {out_for_delivery, delivered, exception, returned}},
    {out_for_delivery, {in_transit, delivered, exception, returned}},
    {exception, {in_transit, out_for_delivery, delivered, returned}},
    {delivered, {}},
    {returned, {}}};

E expected_effect(std::optional<ShipmentState> from, ShipmentState to) {
  if (from == label_created) return E::leaves;
  if (to == delivered) return E::arrives;
  return to == returned ? E::comes_back : E::none;
}

TEST(ShipmentStates, EveryPairIsTheExpectedMoveOrATypedConflict) {
  ASSERT_EQ(kExpected.size(), json::Names<ShipmentState>::values.size() + 1);
  for (const auto& [from, next] : kExpected) {
    for (const auto& [to, name] : json::Names<ShipmentState>::values) {
      const auto moved = step(from, to);
      ASSERT_EQ(moved.has_value(), next.contains(to))
          << (from ? json::name_of(*from) : "not there") << ", " << name;
      if (moved) {
        EXPECT_EQ(moved->to, to);
        EXPECT_EQ(moved->effect, expected_effect(from, to)) << name;
        continue;
      }
      EXPECT_EQ(moved.error().code, "illegal_transition");
      EXPECT_EQ(moved.error().kind, ErrorKind::conflict);
      EXPECT_NE(moved.error().detail.find(name), std::string::npos);
    }
  }
}

TEST(ShipmentStates, NewsOfWhereTheParcelIsOrWasIsOld) {
  for (const auto& [state, name] : json::Names<ShipmentState>::values) {
    EXPECT_TRUE(is_old_news(state, state)) << name;
    if (state != label_created) EXPECT_TRUE(is_old_news(state, label_created)) << name;
  }
  EXPECT_TRUE(is_old_news(in_transit, picked_up));
  EXPECT_TRUE(is_old_news(delivered, exception));
  EXPECT_TRUE(is_old_news(returned, out_for_delivery));
}

TEST(ShipmentStates, NewsOfWhereTheParcelMayGoIsNotOld) {
  for (const auto& move : kShipmentMoves) {
    if (move.from) EXPECT_FALSE(is_old_news(*move.from, move.to)) << json::name_of(move.to);
  }
  // Neither end of the way can follow the other, and a carrier that says so is told.
  EXPECT_FALSE(is_old_news(delivered, returned));
  EXPECT_FALSE(is_old_news(returned, delivered));
}

TEST(ShipmentStates, ThePrintedTableHasALineForEachMove) {
  const auto table = shipment_states_markdown();
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(table, '\n')), kShipmentMoves.size() + 2);
  EXPECT_NE(table.find("| `label_created` | `picked_up` | sold -> out | OrderShipped |\n"),
            std::string::npos);
  EXPECT_NE(table.find("| `exception` | `delivered` |  | OrderDelivered, with the last parcel |\n"),
            std::string::npos);
}

}  // namespace
}  // namespace shopflow::shipping
