#include "shopflow/carts/memory.hpp"

#include <gtest/gtest.h>

namespace shopflow::carts {
namespace {

const Timestamp kNow = parse_rfc3339("2026-11-21T08:00:00Z").value();

TEST(CartMemory, ASkuOfWhichNothingIsKnownIsTakenToBePlentiful) {
  CartMemory memory;
  const auto row = memory.stock(SkuId::make(kNow));
  EXPECT_TRUE(row.sellable);
  EXPECT_GE(row.available(), 1'000'000'000);
  EXPECT_GE(row.held, 1'000'000'000);
}

TEST(CartMemory, ACartIsRememberedUntilItGrowsLarge) {
  CartMemory memory;
  CartState cart{.id = CartId::make(kNow), .version = 3};
  cart.lines.resize(32);
  memory.keep(cart);
  ASSERT_TRUE(memory.find(cart.id));
  EXPECT_EQ(memory.find(cart.id)->version, 3);
  cart.lines.resize(33);
  memory.keep(cart);
  EXPECT_FALSE(memory.find(cart.id));
  cart.lines.clear();
  memory.keep(cart);
  memory.forget(cart.id);
  EXPECT_FALSE(memory.find(cart.id));
}

TEST(CartMemory, ACartIsRememberedUntilItsUnitsAreSoldOrFree) {
  CartMemory memory;
  for (const auto last : {Stage::sold, Stage::expired, Stage::released}) {
    CartState cart{.id = CartId::make(kNow), .version = 1};
    for (const auto stage : {Stage::cart, Stage::checkout, Stage::payment}) {
      cart.stage = stage;
      memory.keep(cart);
      EXPECT_TRUE(memory.find(cart.id));
    }
    cart.stage = last;
    memory.keep(cart);
    EXPECT_FALSE(memory.find(cart.id));
  }
}

TEST(CartMemory, TheCountersOfAKnownSkuFollowWhatIsWritten) {
  CartMemory memory;
  const auto mug = SkuId::make(kNow);
  const auto cup = SkuId::make(kNow);
  const std::vector<inventory::StockRow> rows{{.sku_id = mug, .on_hand = 10}};
  memory.keep(rows);
  inventory::StockBook book{{{.sku_id = mug, .on_hand = 10}, {.sku_id = cup, .on_hand = 10}}};
  ASSERT_TRUE(book.hold(mug, 3, {"cart", {}, {}}));
  ASSERT_TRUE(book.hold(cup, 3, {"cart", {}, {}}));
  memory.follow(book);
  EXPECT_EQ(memory.stock(mug).available(), 7);
  EXPECT_GE(memory.stock(cup).available(), 1'000'000'000);
}

}  // namespace
}  // namespace shopflow::carts
