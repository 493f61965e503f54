#include "carts/quick.hpp"
#include "shopflow/carts/memory.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace shopflow::carts {
namespace {

const Timestamp kNow = parse_rfc3339("2026-11-21T08:00:00Z").value();

class QuickTest : public ::testing::Test {
 protected:
  QuickTest() {
    const auto product = ProductId::make(kNow);
    const std::vector<std::pair<SkuId, ProductId>> pairs{{mug_, product}, {cup_, product}};
    products_.learn(pairs);
  }
  CartId remembered(std::vector<CartLine> lines = {}) {
    CartState cart{.id = CartId::make(kNow), .version = 5, .lines = std::move(lines), .updated_at = kNow};
    memory_.keep(cart);
    return cart.id;
  }
  void submit(CartId cart, CartAction action) { commands_.push_back({cart, std::move(action), "trace", {}}); }
  QuickBatch decide() {
    std::vector<const CartCommand*> batch;
    std::vector<CartMemory::Cart> carts;
    for (const auto& command : commands_) {
      batch.push_back(&command);
      carts.push_back(memory_.find(command.cart_id));
    }
    return decide_quickly(batch, carts, memory_, products_, settings_, kNow);
  }
  static std::string taken(const QuickBatch& quick) {
    std::string text;
    for (const auto& outcome : quick.outcomes) text += outcome ? '+' : '-';
    return text;
  }

  SkuId mug_ = SkuId::make(kNow);
  SkuId cup_ = SkuId::make(kNow);
  CartMemory memory_;
  inventory::SkuProducts products_;
  CartSettings settings_;
  std::deque<CartCommand> commands_;
};

TEST_F(QuickTest, CommandsOnRememberedCartsAreDecidedInTheirOrder) {
  const auto cart = remembered();
  submit(cart, AddLines{{{mug_, 2}}});
  submit(cart, ChangeLine{mug_, 5});
  submit(CartId::make(kNow), CreateCart{});
  const auto quick = decide();
  EXPECT_EQ(taken(quick), "+++");
  ASSERT_EQ(quick.carts.size(), 2U);
  EXPECT_EQ(quick.carts[0].version, 5);
  EXPECT_EQ(quick.carts[0].lines.at(0).quantity, 5);
  EXPECT_EQ(quick.carts[1].version, 0) << "is to be made";
  EXPECT_EQ((*quick.outcomes[0])->cart.lines.at(0).quantity, 2);
  EXPECT_EQ(quick.book.entries().size(), 2U);
}

TEST_F(QuickTest, ACartOrASkuThatIsNotKnownIsLeftToTheDatabase) {
  submit(CartId::make(kNow), AddLines{{{mug_, 2}}});
  submit(remembered(), AddLines{{{SkuId::make(kNow), 2}}});
  submit(remembered(), AddLines{{{cup_, 2}}});
  EXPECT_EQ(taken(decide()), "--+");
}

TEST_F(QuickTest, ARefusalIsNotGivenOnHearsay) {
  const std::vector<inventory::StockRow> rows{{.sku_id = mug_, .on_hand = 3}};
  memory_.keep(rows);
  submit(remembered(), AddLines{{{mug_, 4}}});
  submit(remembered(), RemoveLine{mug_});
  submit(remembered(), AddLines{{{mug_, 1}, {cup_, 20'000}}});
  submit(remembered(), AddLines{{{mug_, 2}}});
  const auto quick = decide();
  EXPECT_EQ(taken(quick), "---+");
  EXPECT_EQ(quick.book.entries().size(), 1U) << "nothing of the others is left in the books";
}

TEST_F(QuickTest, WhatIsNotForSaleIsNotEvenPutBackQuickly) {
  const std::vector<inventory::StockRow> rows{{.sku_id = mug_, .on_hand = 9, .held = 3, .sellable = false}};
  memory_.keep(rows);
  submit(remembered({{mug_, 3, 3, kNow}}), ChangeLine{mug_, 2});
  submit(remembered(), AddLines{{{cup_, 2}}});
  EXPECT_EQ(taken(decide()), "-+");
}

TEST_F(QuickTest, AllCommandsOfACartStayTogether) {
  const auto cart = remembered();
  submit(cart, AddLines{{{mug_, 1}}});
  submit(cart, RemoveLine{cup_});
  submit(cart, AddLines{{{mug_, 1}}});
  EXPECT_EQ(taken(decide()), "---");
}

TEST_F(QuickTest, ACartThatChangedWhileItWasAskedForIsLeft) {
  const auto cart = remembered();
  submit(cart, AddLines{{{mug_, 1}}});
  submit(cart, AddLines{{{mug_, 1}}});
  submit(remembered(), AddLines{{{cup_, 1}}});
  std::vector<const CartCommand*> batch;
  std::vector<CartMemory::Cart> carts;
  for (const auto& command : commands_) {
    batch.push_back(&command);
    carts.push_back(memory_.find(command.cart_id));
    memory_.keep(CartState{*carts.back()});
  }
  EXPECT_EQ(taken(decide_quickly(batch, carts, memory_, products_, settings_, kNow)), "--+");
}

TEST_F(QuickTest, WhatAnEventHasToTellOfIsLeft) {
  const std::vector<inventory::StockRow> rows{{.sku_id = mug_, .on_hand = 6, .low_stock_at = 3},
                                              {.sku_id = cup_, .on_hand = 6}};
  memory_.keep(rows);
  submit(remembered(), AddLines{{{mug_, 2}}});
  submit(remembered(), AddLines{{{cup_, 2}}});
  submit(remembered(), AddLines{{{mug_, 1}}});
  EXPECT_EQ(taken(decide()), "-+-") << "together they reach the level of the mugs";
}

TEST_F(QuickTest, AKeptAnswerNeedsTheCatalogueUnlessTheCartIsNew) {
  const KeptAnswer keep{{"scope", "key", {}}, 200, {}};
  submit(remembered(), AddLines{{{mug_, 1}}});
  commands_.back().keep = keep;
  submit(CartId::make(kNow), CreateCart{});
  commands_.back().keep = keep;
  EXPECT_EQ(taken(decide()), "-+");
}

TEST_F(QuickTest, LinesAreRenewedWhileTheyAreHeldAndExpiryIsNever) {
  const auto held = kNow + std::chrono::minutes{1};
  submit(remembered({{mug_, 2, 2, held}}), RenewLines{});
  submit(remembered({{mug_, 2, 0, held}}), RenewLines{});
  submit(remembered({{mug_, 2, 2, kNow}}), ExpireLines{});
  submit(remembered(), RenewLines{});
  EXPECT_EQ(taken(decide()), "+---");
}

}  // namespace
}  // namespace shopflow::carts
