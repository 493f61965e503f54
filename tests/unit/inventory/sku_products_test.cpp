#include "shopflow/inventory/sku_products.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace shopflow::inventory {
namespace {

TEST(SkuProducts, WhatWasLearntIsKnownAndEachProductIsNamedOnce) {
  const auto now = SystemClock{}.now();
  const auto mug = ProductId::make(now);
  const auto cup = ProductId::make(now);
  const std::vector<SkuId> skus{SkuId::make(now), SkuId::make(now), SkuId::make(now), SkuId::make(now)};
  SkuProducts products;
  EXPECT_EQ(products.unknown(skus), skus);
  const std::vector<std::pair<SkuId, ProductId>> pairs{{skus[0], cup}, {skus[1], mug}, {skus[2], cup}};
  products.learn(pairs);
  EXPECT_EQ(products.unknown(skus), std::vector{skus[3]});
  EXPECT_EQ(products.of(skus), (std::vector{mug, cup}));
}

}  // namespace
}  // namespace shopflow::inventory
