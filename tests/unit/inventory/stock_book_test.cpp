#include "shopflow/inventory/stock_book.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <stdexcept>

namespace shopflow::inventory {
namespace {

SkuId sku(std::uint8_t number) {
  SkuId id;
  id.value.bytes[15] = number;
  return id;
}

StockRow row(std::uint8_t number, std::int32_t on_hand, std::int32_t held = 0, std::int32_t sold = 0) {
  StockRow one;
  one.sku_id = sku(number);
  one.on_hand = on_hand;
  one.held = held;
  one.sold = sold;
  return one;
}

const Cause kCart{"cart", {}, {}};

TEST(StockBook, HoldTakesUnitsThatAreThere) {
  StockBook book{{row(1, 5)}};
  EXPECT_TRUE(book.hold(sku(1), 5, kCart));
  EXPECT_EQ(book.find(sku(1))->held, 5);
  EXPECT_EQ(book.find(sku(1))->available(), 0);
}

TEST(StockBook, HoldOfMoreThanAvailableChangesNothing) {
  StockBook book{{row(1, 5, 2, 1)}};
  EXPECT_FALSE(book.hold(sku(1), 3, kCart));
  EXPECT_TRUE(book.changed().empty());
  EXPECT_TRUE(book.entries().empty());
}

TEST(StockBook, AnUnknownSkuCanNotBeHeld) {
  StockBook book{{}};
  EXPECT_FALSE(book.hold(sku(1), 1, kCart));
  EXPECT_EQ(book.find(sku(1)), nullptr);
}

TEST(StockBook, ASkuThatIsNotForSaleCanNotBeHeldButItsHoldsCanBeFreed) {
  auto stopped = row(1, 5, 2);
  stopped.sellable = false;
  StockBook book{{stopped}};
  EXPECT_FALSE(book.hold(sku(1), 1, kCart));
  book.free(sku(1), 2, kCart);
  EXPECT_EQ(book.find(sku(1))->held, 0);
}

TEST(StockBook, EachMovementMovesItsCounters) {
  StockBook book{{row(1, 0)}};
  book.receive(sku(1), 10, kCart);
  ASSERT_TRUE(book.hold(sku(1), 6, kCart));
  book.free(sku(1), 1, kCart);
  book.sell(sku(1), 4, kCart);
  book.unsell(sku(1), 1, kCart);
  book.ship(sku(1), 2, kCart);
  book.restock(sku(1), 1, kCart);
  ASSERT_TRUE(book.adjust(sku(1), -3, kCart));
  const auto* now = book.find(sku(1));
  EXPECT_EQ(now->on_hand, 6);
  EXPECT_EQ(now->held, 1);
  EXPECT_EQ(now->sold, 1);
  EXPECT_EQ(book.entries().size(), 8U);
}

TEST(StockBook, AnAdjustmentMayNotTakeUnitsThatAreHeldOrSold) {
  StockBook book{{row(1, 10, 4, 3)}};
  EXPECT_FALSE(book.adjust(sku(1), -4, kCart));
  EXPECT_TRUE(book.adjust(sku(1), -3, kCart));
  EXPECT_EQ(book.find(sku(1))->available(), 0);
}

TEST(StockBook, AMovementThatTheBooksCanNotCarryIsABrokenWorld) {
  StockBook book{{row(1, 2147483647, 1, 1)}};
  EXPECT_THROW(book.free(sku(1), 2, kCart), std::logic_error);
  EXPECT_THROW(book.sell(sku(1), 2, kCart), std::logic_error);
  EXPECT_THROW(book.unsell(sku(1), 2, kCart), std::logic_error);
  EXPECT_THROW(book.ship(sku(1), 2, kCart), std::logic_error);
  EXPECT_THROW(book.receive(sku(1), 1, kCart), std::logic_error);
  EXPECT_THROW(book.restock(sku(1), 1, kCart), std::logic_error);
  EXPECT_THROW(book.receive(sku(2), 1, kCart), std::logic_error);
  EXPECT_THROW((void)book.hold(sku(1), -1, kCart), std::logic_error);
  EXPECT_TRUE(book.changed().empty());
  EXPECT_TRUE(book.entries().empty());
}

TEST(StockBook, ZeroUnitsLeaveNoLedgerLine) {
  StockBook book{{row(1, 5)}};
  EXPECT_TRUE(book.hold(sku(1), 0, kCart));
  EXPECT_TRUE(book.adjust(sku(1), 0, kCart));
  EXPECT_TRUE(book.entries().empty());
}

TEST(StockBook, ChangedRowsComeInSkuOrderWithTheirStateBefore) {
  StockBook book{{row(3, 5), row(1, 5), row(2, 5)}};
  EXPECT_TRUE(book.hold(sku(3), 1, kCart));
  EXPECT_TRUE(book.hold(sku(1), 2, kCart));
  const auto changed = book.changed();
  ASSERT_EQ(changed.size(), 2U);
  EXPECT_EQ(changed[0].after.sku_id, sku(1));
  EXPECT_EQ(changed[0].before.held, 0);
  EXPECT_EQ(changed[0].after.held, 2);
  EXPECT_EQ(changed[1].after.sku_id, sku(3));
}

/// What the ledger says of a SKU that began with nothing.
struct Sums {
  std::int64_t on_hand = 0;
  std::int64_t held = 0;
  std::int64_t sold = 0;
  void add(const LedgerEntry& entry) {
    const std::int64_t units = entry.quantity;
    switch (entry.movement) {
      case Movement::receive:
      case Movement::restock:
      case Movement::adjust:
        on_hand += units;
        break;
      case Movement::hold:
        held += units;
        break;
      case Movement::free:
        held -= units;
        break;
      case Movement::sell:
        held -= units;
        sold += units;
        break;
      case Movement::unsell:
        sold -= units;
        break;
      case Movement::ship:
        sold -= units;
        on_hand -= units;
        break;
    }
  }
};

/// Any movement at all; those that the books can't carry throw, which must leave no trace.
void move_at_random(StockBook& book) {
  const auto which = *rc::gen::inRange<std::uint8_t>(1, 4);
  const auto units = *rc::gen::inRange<std::int32_t>(-2, 12);
  const auto movement = *rc::gen::inRange(0, 8);
  try {
    switch (movement) {
      case 0:
        (void)book.hold(sku(which), units, kCart);
        break;
      case 1:
        book.free(sku(which), units, kCart);
        break;
      case 2:
        book.sell(sku(which), units, kCart);
        break;
      case 3:
        book.unsell(sku(which), units, kCart);
        break;
      case 4:
        book.ship(sku(which), units, kCart);
        break;
      case 5:
        book.receive(sku(which), units, kCart);
        break;
      case 6:
        book.restock(sku(which), units, kCart);
        break;
      default:
        (void)book.adjust(sku(which), units, kCart);
        break;
    }
  } catch (const std::logic_error&) {
  }
}

TEST(StockBook, CountersAlwaysEqualTheLedgerAndNeverBreakTheirRule) {
  EXPECT_TRUE(rc::check([] {
    StockBook book{{row(1, 0), row(2, 0), row(3, 0)}};
    const auto moves = *rc::gen::inRange(0, 200);
    for (int i = 0; i < moves; ++i) {
      move_at_random(book);
      for (std::uint8_t number = 1; number < 4; ++number) {
        const auto& now = *book.find(sku(number));
        RC_ASSERT(now.held >= 0);
        RC_ASSERT(now.sold >= 0);
        RC_ASSERT(now.available() >= 0);
      }
    }
    std::map<SkuId, Sums> sums;
    for (const auto& entry : book.entries()) {
      RC_ASSERT(entry.quantity > 0 || entry.movement == Movement::adjust);
      sums[entry.sku_id].add(entry);
    }
    for (std::uint8_t number = 1; number < 4; ++number) {
      const auto& now = *book.find(sku(number));
      RC_ASSERT(sums[sku(number)].on_hand == now.on_hand);
      RC_ASSERT(sums[sku(number)].held == now.held);
      RC_ASSERT(sums[sku(number)].sold == now.sold);
    }
  }));
}

}  // namespace
}  // namespace shopflow::inventory
