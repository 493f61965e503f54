#include "db/lane_choice.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace shopflow::db {
namespace {

constexpr std::size_t kCrowd = 64;
constexpr std::size_t kSale = 7;
constexpr std::size_t kOther = 8;

class LaneChoiceTest : public ::testing::Test {
 protected:
  std::size_t choose(std::optional<std::size_t> key) { return choose_lane(pointers_, key, {kCrowd}); }
  std::size_t choose_apart(std::optional<std::size_t> key) {
    return choose_lane(pointers_, key, {.crowd = kCrowd, .keys_apart = true});
  }
  void come(std::size_t lane, std::size_t key, int count) {
    for (int i = 0; i < count; ++i) lanes_[lane].add(key);
    lanes_[lane].set_queued(lanes_[lane].queued() + static_cast<std::size_t>(count));
  }
  /// A batch of the lane: as many are not waiting any more, but are still to be done.
  void begin(std::size_t lane, std::size_t count) { lanes_[lane].set_queued(lanes_[lane].queued() - count); }
  void end(std::size_t lane, std::size_t key, std::size_t count) {
    lanes_[lane].remove(std::vector<std::size_t>(count, key));
  }

  std::deque<LaneLoad> lanes_ = [] {
    std::deque<LaneLoad> two;
    two.emplace_back(kCrowd);
    two.emplace_back(kCrowd);
    return two;
  }();
  std::vector<LaneLoad*> pointers_{&lanes_[0], &lanes_[1]};
};

TEST_F(LaneChoiceTest, TheNextLaneIsCalledInWhenTheFirstIsCrowded) {
  lanes_[0].set_queued(kCrowd - 1);
  EXPECT_EQ(choose(kOther), 0U);
  EXPECT_EQ(choose({}), 0U);
  lanes_[0].set_queued(kCrowd);
  EXPECT_EQ(choose(kOther), 1U);
  EXPECT_EQ(choose({}), 1U);
}

TEST_F(LaneChoiceTest, WhereAllAreCrowdedCommandsOfAKeyMeetAndOthersGoWhereTheFewestWait) {
  lanes_[0].set_queued(kCrowd + 1);
  lanes_[1].set_queued(kCrowd);
  EXPECT_EQ(choose(4), 0U);
  EXPECT_EQ(choose(5), 1U);
  EXPECT_EQ(choose({}), 1U);
}

TEST_F(LaneChoiceTest, KeysThatAreKeptApartHaveEachItsLaneAsSoonAsEachCouldBeCrowded) {
  lanes_[0].set_under_way(2 * kCrowd - 10);
  lanes_[1].set_queued(9);
  EXPECT_EQ(choose_apart(5), 0U) << "larger batches cost less";
  lanes_[1].set_queued(10);
  EXPECT_EQ(choose_apart(4), 0U);
  EXPECT_EQ(choose_apart(5), 1U);
  lanes_[0].set_queued(kCrowd - 1);
  EXPECT_EQ(choose_apart({}), 0U) << "where there is room, though fewer wait in the other";
  EXPECT_EQ(choose(5), 0U) << "here keys share no rows";
}

TEST_F(LaneChoiceTest, EachOfThreeLanesHasItsKeys) {
  pointers_.push_back(&lanes_.emplace_back(kCrowd));
  lanes_[0].set_under_way(3 * kCrowd - 1);
  EXPECT_EQ(choose_apart(5), 0U);
  lanes_[0].set_under_way(3 * kCrowd);
  EXPECT_EQ(choose_apart(3), 0U);
  EXPECT_EQ(choose_apart(4), 1U);
  EXPECT_EQ(choose_apart(5), 2U);
}

TEST_F(LaneChoiceTest, ALaneThatIsHeldUpKeepsOnlySomeOfItsKeysWaiting) {
  lanes_[1].set_under_way(kCrowd);
  lanes_[1].set_queued(4 * kCrowd - 1);
  EXPECT_EQ(choose_apart(5), 1U);
  lanes_[1].set_queued(4 * kCrowd);
  EXPECT_EQ(choose_apart(5), 0U);
  EXPECT_EQ(choose_apart(4), 0U);
  lanes_[0].set_queued(kCrowd);
  EXPECT_EQ(choose_apart(5), 1U) << "as where keys are not kept apart";
}

TEST_F(LaneChoiceTest, ASaleHasItsLaneAlsoWhereKeysAreKeptApart) {
  come(0, kSale, 2 * kCrowd);
  EXPECT_EQ(choose_apart(kOther), 1U);
  begin(0, 2 * kCrowd);
  lanes_[0].set_under_way(2 * kCrowd);
  EXPECT_EQ(choose_apart(kSale), 0U);
  EXPECT_EQ(choose_apart(kOther), 1U);
  end(0, kSale, 2 * kCrowd);
  EXPECT_EQ(choose_apart(kOther), 0U) << "it is over, and that is its key's lane";
  EXPECT_EQ(choose_apart(kOther + 1), 1U);
}

TEST_F(LaneChoiceTest, OthersGoBesideASaleWhetherItWaitsOrIsUnderWay) {
  come(0, kSale, kCrowd - 1);
  EXPECT_EQ(choose(kOther), 0U) << "that is none yet";
  come(0, kSale, 1);
  EXPECT_EQ(choose(kOther), 1U);
  begin(0, kCrowd);
  EXPECT_EQ(choose(kOther), 1U) << "nobody waits there, but a long batch is under way";
  EXPECT_EQ(choose(kSale), 0U);
  EXPECT_EQ(choose({}), 0U);
  end(0, kSale, kCrowd / 2);
  EXPECT_EQ(choose(kOther), 1U);
  end(0, kSale, kCrowd / 4);
  EXPECT_EQ(choose(kOther), 0U) << "it is over";
}

TEST_F(LaneChoiceTest, ASaleSpillsOverOnlyWhileNobodyElseComes) {
  come(0, kSale, kCrowd);
  EXPECT_EQ(choose(kSale), 1U);
  come(1, kSale, kCrowd - 1);
  EXPECT_EQ(choose(kSale), 1U);
  EXPECT_EQ(choose(kOther), 1U) << "the sale's own lane is the first";
  int stayed = 0;
  while (choose(kSale) == 0U && stayed < 100'000) ++stayed;
  EXPECT_GT(stayed, 1000);
  EXPECT_LT(stayed, 10'000) << "the others have gone";
}

TEST_F(LaneChoiceTest, OthersFindTheirLaneAlsoWhereTheSaleHasCrowdedBoth) {
  come(0, kSale, 2 * kCrowd);
  come(1, kSale, 3 * kCrowd);
  EXPECT_EQ(choose(kOther), 1U);
  EXPECT_EQ(choose(kSale), 0U);
}

TEST_F(LaneChoiceTest, OthersFillOneLaneBeforeTheyTakeAnotherFromTheSale) {
  pointers_.push_back(&lanes_.emplace_back(kCrowd));
  come(0, kSale, kCrowd);
  lanes_[1].set_queued(kCrowd - 1);
  EXPECT_EQ(choose(kOther), 1U);
  lanes_[1].set_queued(kCrowd);
  EXPECT_EQ(choose(kSale), 2U) << "nobody else was sent there";
  EXPECT_EQ(choose(kOther), 2U);
}

TEST_F(LaneChoiceTest, WhereEveryLaneHasASaleOfItsOwnOthersWaitAsEver) {
  come(0, kSale, kCrowd);
  come(1, kOther, kCrowd);
  begin(0, 1);
  EXPECT_EQ(choose(9), 0U);
  EXPECT_EQ(choose(kOther), 0U) << "there is room";
}

TEST_F(LaneChoiceTest, AFewCommandsAreNoSaleHoweverSmallACrowdMayBe) {
  std::deque<LaneLoad> small;
  small.emplace_back(1U);
  small.emplace_back(1U);
  const std::vector<LaneLoad*> pointers{&small[0], &small[1]};
  for (int i = 0; i < 4; ++i) small[0].add(kSale);
  EXPECT_EQ(choose_lane(pointers, kOther, {1}), 0U);
}

}  // namespace
}  // namespace shopflow::db
