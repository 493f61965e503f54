#include <gtest/gtest.h>

#include "integration/carts/fixture.hpp"
#include "shopflow/carts/reservations.hpp"

namespace shopflow::carts {
namespace {

/// `next_deadline` is indexed, so it stays behind the deadlines for as long as it can.
class BoundTest : public CartsTest {
 protected:
  BoundTest() { orders_hold_nothing_ = false; }
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
  ASSERT_TRUE(submit(cart, AddLines{{{mug, 2}}}));
  const auto deadline = clock_.now() + std::chrono::minutes{15};
  connection_.transact([&](db::Transaction& tx) {
    auto carts = load_carts(tx, {cart});
    ASSERT_TRUE(start_checkout(carts[0], OrderId::make(clock_.now()), deadline));
    save_carts(tx, carts, clock_.now());
  });
  const auto bound = [&] { return database_.sql("SELECT next_deadline FROM carts"); };
  const auto before = bound();
  const auto seen = clock_.now() + settings_.hold;
  const std::vector looks{Look{cart, seen, deadline}};
  db::Connection second{database_.settings()};
  connection_.transact([&](db::Transaction& tx) {
    (void)load_carts(tx, {cart});
    second.read([&](db::Transaction& sweeper) { put_off_looks(sweeper, looks); });
  });
  EXPECT_EQ(bound(), before) << "whoever has locked it may be about to move it";
  second.read([&](db::Transaction& tx) {
    put_off_looks(tx, std::vector{Look{cart, seen - std::chrono::milliseconds{1}, deadline}});
    EXPECT_EQ(bound(), before) << "it has moved since";
    put_off_looks(tx, looks);
    EXPECT_TRUE(find_due_orders(tx, deadline - std::chrono::milliseconds{1}, {}, 10).empty());
    EXPECT_EQ(find_due_orders(tx, deadline, {}, 10).size(), 1U);
    EXPECT_EQ(read_cart(tx, cart)->version, 3) << "nothing has changed that anybody decides over";
  });
}

}  // namespace
}  // namespace shopflow::carts
