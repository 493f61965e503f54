#include "simulate/replay_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shopflow::simulate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Case {
  Plan plan;
  std::vector<std::string> ids{"sku_1", "sku_2"};
  ShopFigures shop;

  Case() {
    plan.skus = {{"A", "A@100", "Thing", 100, 3}, {"B", "B@250", "Other", 250, 2}};
    plan.days["2010-12-01"] = {2, 5, 800, 1, 100};
    shop.days = plan.days;
    shop.skus["sku_1"] = {3, 300};
    shop.skus["sku_2"] = {2, 500};
  }
  [[nodiscard]] std::vector<std::string> differences() const { return compare(plan, ids, shop); }
};

TEST(ReplayCheck, EqualFiguresDoNotDiffer) { EXPECT_THAT(Case{}.differences(), IsEmpty()); }

TEST(ReplayCheck, APennyIsADifference) {
  Case c;
  c.shop.days["2010-12-01"].revenue = 801;
  c.shop.skus["sku_2"].amount = 499;
  EXPECT_THAT(c.differences(), ElementsAre("2010-12-01 revenue: 8.00 by the file, 8.01 by the shop",
                                           "B@250 amount: 5.00 by the file, 4.99 by the shop"));
}

TEST(ReplayCheck, EveryFigureOfADayCounts) {
  Case c;
  c.shop.days["2010-12-01"] = {};
  EXPECT_EQ(c.differences().size(), 5U);
}

TEST(ReplayCheck, DaysAndSkusThatOnlyOneSideKnowsDiffer) {
  Case c;
  c.shop.skus.erase("sku_1");
  c.shop.skus["sku_9"] = {1, 100};
  c.shop.days["2010-12-02"].orders = 1;
  EXPECT_THAT(c.differences(), ElementsAre("2010-12-02 orders: 0 by the file, 1 by the shop",
                                           "A@100 units: 3 by the file, 0 by the shop",
                                           "A@100 amount: 3.00 by the file, 0.00 by the shop",
                                           "sku_9 units: 0 by the file, 1 by the shop"));
}

}  // namespace
}  // namespace shopflow::simulate
