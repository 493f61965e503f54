#include "shopflow/core/state_table.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace shopflow::state_table {
namespace {

enum class Door { closed, open, locked };
enum class Hand { makes, pulls, pushes, turns };

struct Move {
  std::optional<Door> from;
  Hand trigger;
  Door to;
};

constexpr auto kGood = std::to_array<Move>({{std::nullopt, Hand::makes, Door::closed},
                                            {Door::closed, Hand::pulls, Door::open},
                                            {Door::open, Hand::pushes, Door::closed},
                                            {Door::closed, Hand::turns, Door::locked},
                                            {Door::locked, Hand::turns, Door::closed}});

TEST(StateTable, AGoodTablePassesEachCheck) {
  EXPECT_TRUE(each_once(kGood));
  EXPECT_TRUE(all_reachable<3>(kGood));
}

TEST(StateTable, AMoveIsFoundByItsStateAndTrigger) {
  const auto* made = find(kGood, std::optional<Door>{}, Hand::makes);
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(made->to, Door::closed);
  EXPECT_EQ(find(kGood, Door::closed, Hand::turns)->to, Door::locked);
  EXPECT_EQ(find(kGood, Door::locked, Hand::pulls), nullptr);
  EXPECT_EQ(find(kGood, std::optional<Door>{}, Hand::pulls), nullptr);
}

TEST(StateTable, APairThatStandsTwiceIsNoticed) {
  auto table = kGood;
  table[4] = {Door::closed, Hand::pulls, Door::locked};
  EXPECT_FALSE(each_once(table));
  table[4] = {std::nullopt, Hand::makes, Door::open};
  EXPECT_FALSE(each_once(table));
}

TEST(StateTable, AStateThatNothingLeadsToIsNoticed) {
  auto table = kGood;
  table[3] = {Door::closed, Hand::turns, Door::closed};
  EXPECT_FALSE(all_reachable<3>(table));
}

TEST(StateTable, StatesThatLeadOnlyToEachOtherAreNoticed) {
  auto table = kGood;
  table[0] = {std::nullopt, Hand::makes, Door::locked};
  table[4] = {Door::locked, Hand::turns, Door::locked};
  EXPECT_FALSE(all_reachable<3>(table));
}

TEST(StateTable, ATableThatStartsNowhereIsNoticed) {
  auto table = kGood;
  table[0] = {Door::open, Hand::makes, Door::closed};
  EXPECT_FALSE(all_reachable<3>(table));
  EXPECT_TRUE(all_reachable<3>(table, Door::open));
}

TEST(StateTable, ALongWayIsFollowedThoughTheTableListsItBackwards) {
  constexpr auto backwards = std::to_array<Move>({{Door::open, Hand::turns, Door::locked},
                                                  {Door::closed, Hand::pulls, Door::open},
                                                  {std::nullopt, Hand::makes, Door::closed}});
  EXPECT_TRUE(all_reachable<3>(backwards));
}

}  // namespace
}  // namespace shopflow::state_table
