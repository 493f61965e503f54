#include "carts/recovery.hpp"

#include <gtest/gtest.h>

namespace shopflow::carts {
namespace {

using db::LaneRecovery;

const Timestamp kNow = Timestamp{} + std::chrono::hours{24 * 365 * 55};
const CartId kCart = CartId::make(kNow);
const CartId kOther = CartId::make(kNow);

CartTrace changed(CartId id, std::int32_t version) { return {id, false, version, kNow}; }

TEST(Recovery, ACartThatWasToBeMadeTellsByBeingThere) {
  const std::vector<CartTrace> traces{{kCart, true, 1, kNow}};
  EXPECT_EQ(recovery_of(traces, {}), LaneRecovery::not_committed);
  const std::vector<CartMark> later{{kCart, 9, kNow + std::chrono::seconds{1}}};
  EXPECT_EQ(recovery_of(traces, later), LaneRecovery::committed);
}

TEST(Recovery, ACartThatWasToBeChangedTellsByItsVersionAndItsTime) {
  const std::vector<CartTrace> traces{changed(kCart, 5)};
  const auto verdict = [&](std::int32_t version, Timestamp at) {
    const std::vector<CartMark> found{{kCart, version, at}};
    return recovery_of(traces, found);
  };
  EXPECT_EQ(verdict(5, kNow), LaneRecovery::committed);
  EXPECT_EQ(verdict(4, kNow), LaneRecovery::not_committed);
  EXPECT_EQ(verdict(5, kNow + std::chrono::microseconds{1}), LaneRecovery::not_committed)
      << "somebody else's";
  EXPECT_EQ(verdict(6, kNow), LaneRecovery::unknown) << "others have been there since";
  EXPECT_EQ(recovery_of(traces, {}), LaneRecovery::not_committed) << "it was to be written first";
}

TEST(Recovery, ACartThatTellsNothingLeavesTheWordToTheNext) {
  const std::vector<CartTrace> traces{changed(kCart, 5), changed(kOther, 2)};
  const std::vector<CartMark> found{{kCart, 6, kNow}, {kOther, 2, kNow}};
  EXPECT_EQ(recovery_of(traces, found), LaneRecovery::committed);
}

TEST(Recovery, WhereNothingWasToBeWrittenNothingCanBeLost) {
  EXPECT_EQ(recovery_of({}, {}), LaneRecovery::committed);
}

}  // namespace
}  // namespace shopflow::carts
