#include "db/plan_renewal.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace shopflow::db {
namespace {

std::vector<int> due(PlanRenewal& plans, int writes) {
  std::vector<int> at;
  for (int write = 1; write <= writes; ++write) {
    if (plans.is_due()) at.push_back(write);
  }
  return at;
}

TEST(PlanRenewal, IsDueWheneverTheWritesHaveDoubled) {
  PlanRenewal plans;
  plans.begin_anew();
  EXPECT_EQ(due(plans, 100), (std::vector{1, 2, 4, 8, 16, 32, 64}));
}

TEST(PlanRenewal, IsNotDueWhereNothingIsPlanned) {
  PlanRenewal plans;
  EXPECT_EQ(due(plans, 10), std::vector<int>{});
}

TEST(PlanRenewal, BeginsAnewWithEachStatementThatIsUsedForTheFirstTime) {
  PlanRenewal plans;
  plans.begin_anew();
  (void)due(plans, 100);
  plans.begin_anew();
  EXPECT_EQ(due(plans, 10), (std::vector{1, 2, 4, 8}));
}

}  // namespace
}  // namespace shopflow::db
