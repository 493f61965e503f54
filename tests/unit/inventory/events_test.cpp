#include "inventory/events.hpp"

#include <gtest/gtest.h>

namespace shopflow::inventory {
namespace {

std::vector<std::string> told(std::int32_t on_hand, std::int32_t held, std::int32_t on_hand_after,
                              std::int32_t held_after, std::int32_t low_stock_at = 0) {
  StockRow before;
  before.on_hand = on_hand;
  before.held = held;
  before.low_stock_at = low_stock_at;
  before.event_sequence = 7;
  StockRow after = before;
  after.on_hand = on_hand_after;
  after.held = held_after;
  std::vector<events::NewEvent> events;
  tell(before, after, Timestamp{}, "trace", events);
  std::vector<std::string> types;
  std::int32_t sequence = 7;
  for (const auto& event : events) {
    EXPECT_EQ(event.sequence, ++sequence);
    types.emplace_back(event.type);
  }
  EXPECT_EQ(after.event_sequence, sequence);
  return types;
}

using Types = std::vector<std::string>;

TEST(StockEvents, UnitsThatComeOrLeaveAreTold) {
  EXPECT_EQ(told(5, 0, 9, 0), Types{"StockChanged"});
  EXPECT_EQ(told(9, 0, 5, 0), Types{"StockChanged"});
}

TEST(StockEvents, AHoldAmongManyIsNotWorthAnEvent) { EXPECT_EQ(told(9, 0, 9, 3), Types{}); }

TEST(StockEvents, SellingOutAndComingBackAreTold) {
  EXPECT_EQ(told(5, 4, 5, 5, 3), Types{"StockChanged"});
  EXPECT_EQ(told(5, 5, 5, 4, 3), Types{"StockChanged"});
}

TEST(StockEvents, FallingToTheLevelIsToldOnce) {
  EXPECT_EQ(told(10, 4, 10, 5, 5), Types{"LowStock"});
  EXPECT_EQ(told(10, 5, 10, 6, 5), Types{});
  EXPECT_EQ(told(10, 4, 6, 4, 5), (Types{"StockChanged", "LowStock"}));
}

}  // namespace
}  // namespace shopflow::inventory
