#include <gtest/gtest.h>

#include "integration/carts/fixture.hpp"
#include "shopflow/carts/reservations.hpp"

namespace shopflow::carts {
namespace {

/// `next_deadline` is indexed, so it stays behind the deadlines for as long as it can.
class BoundTest : public CartsTest {
 protected:
  BoundTest() { orders_hold_nothing_ = false; }

  static constexpr std::chrono::hours kUnpaidMax{24};
};

TEST_F(BoundTest, NeitherAHoldNorACheckoutMovesWhatIsIndexed) {
  const auto mug = add_sku(5);
  const auto cart = make_cart();
  const auto bound = clock_.now() + settings_.hold;
  clock_.advance(std::chrono::minutes{1});
  EXPECT_EQ(submit(cart, AddLines{{{mug, 2}}})->cart.next_deadline, bound);
  connection_.transact([&](db::Transaction& tx) {
    auto carts = load_carts(tx, {cart});
    const auto now = clock_.now();
    ASSERT_TRUE(start_checkout(carts[0], OrderId::make(now), now + std::chrono::minutes{15}));
    save_carts(tx, carts, now);
    ASSERT_TRUE(payment_processing(carts[0], now + std::chrono::minutes{30}));
    save_carts(tx, carts, now);
    EXPECT_EQ(carts[0].next_deadline, bound);
    const auto updates = tx.exec_text("SELECT pg_stat_get_xact_tuples_hot_updated('carts'::regclass)");
    EXPECT_EQ(updates[0].next<int>(), 2) << "the indexes are written only for what is not a HOT update";
  });
}

TEST_F(BoundTest, ABoundIsRaisedToTheDeadlineOnceAndWaitsForNobody) {
  const auto mug = add_sku(5);
  const auto cart = make_cart();
  const auto other = make_cart();
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 2}}}));
  const auto deadline = clock_.now() + std::chrono::minutes{15};
  connection_.transact([&](db::Transaction& tx) {
    auto carts = load_carts(tx, {cart});
    ASSERT_TRUE(start_checkout(carts[0], OrderId::make(clock_.now()), deadline));
    save_carts(tx, carts, clock_.now());
  });
  const std::vector ids{cart, other};
  const auto bounds = [&] {
    return database_.sql("SELECT string_agg(next_deadline::text, ' ' ORDER BY id) FROM carts");
  };
  const auto before = bounds();
  db::Connection second{database_.settings()};
  connection_.transact([&](db::Transaction& tx) {
    (void)load_carts(tx, {cart});
    second.read([&](db::Transaction& sweeper) { raise_bounds(sweeper, ids, kUnpaidMax); });
  });
  EXPECT_EQ(bounds(), before) << "whoever has locked it may be about to move it";
  second.read([&](db::Transaction& tx) {
    raise_bounds(tx, ids, kUnpaidMax);
    EXPECT_TRUE(find_due_orders(tx, deadline - std::chrono::milliseconds{1}, {}, 10).empty());
    EXPECT_EQ(find_due_orders(tx, deadline, {}, 10).size(), 1U);
    EXPECT_EQ(read_cart(tx, other)->next_deadline, clock_.now() + settings_.hold) << "it is of no order";
    EXPECT_EQ(read_cart(tx, cart)->version, 3) << "nothing has changed that anybody decides over";
  });
}

}  // namespace
}  // namespace shopflow::carts
