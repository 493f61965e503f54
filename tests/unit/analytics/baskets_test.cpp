#include "shopflow/analytics/baskets.hpp"

#include <gtest/gtest.h>

namespace shopflow::analytics {
namespace {

OrderId order(std::uint8_t number) {
  OrderId id;
  id.value.bytes[15] = number;
  return id;
}

TEST(Baskets, KeepThoseOfTheOrdersThatCameLast) {
  Baskets baskets{2};
  baskets.keep(order(1), {100, {}});
  baskets.keep(order(2), {200, {}});
  baskets.keep(order(1), {999, {}});
  EXPECT_EQ(baskets.find(order(1))->merchandise, 100);
  baskets.keep(order(3), {300, {}});
  EXPECT_EQ(baskets.find(order(1)), nullptr);
  EXPECT_EQ(baskets.find(order(2))->merchandise, 200);
  EXPECT_EQ(baskets.find(order(3))->merchandise, 300);
}

TEST(Baskets, AreTheGoodsWithoutTaxAndShipping) {
  events::OrderCreated event;
  event.total.amount = 720;
  event.shipping = 100;
  event.tax = 120;
  event.lines = {{SkuId{}, 2, 500}};
  const auto basket = basket_of(event);
  EXPECT_EQ(basket.merchandise, 500);
  EXPECT_EQ(basket.lines.at(0).quantity, 2);
}

}  // namespace
}  // namespace shopflow::analytics
