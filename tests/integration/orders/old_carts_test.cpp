#include "integration/orders/fixture.hpp"
#include "shopflow/carts/retention.hpp"

namespace shopflow::orders {
namespace {

using payments::PaymentState;
using std::chrono::days;
using std::chrono::minutes;

/// What is cleared away of carts that became orders, in a shop where an order may wait for its money for a
/// year. The fixture's audits come afterwards.
class OldCartsOfOrders : public OrdersTest {
 protected:
  void SetUp() override {
    OrdersTest::SetUp();
    OrderSettings settings;
    settings.unpaid_order_max = days{365};
    orders_ = make_orders(2, carts_->memory(), settings);
  }
  std::size_t clear_away() {
    std::size_t deleted = 0;
    connection_.transact([&](db::Transaction& tx) {
      deleted = carts::delete_old_carts(tx, clock_.now() - carts::kRowKept, {}, 1000).deleted;
    });
    return deleted;
  }
  bool has_cart(const OrderView& order) { return !stage(order.cart_id).empty(); }
};

TEST_F(OldCartsOfOrders, GoWithWhatHasBeenDecidedAndStayWithWhatWaitsForMoney) {
  const auto sku = add_sku(9);
  const auto sold = paid(sku, 1);
  const auto cancelled = placed(sku, 1);
  ASSERT_TRUE(cancel(cancelled.id));
  const auto unpaid = placed(sku, 1);
  const auto processing = placed(sku, 1);
  ASSERT_EQ(payment(pay(processing.id, "pm_bank")).state, PaymentState::processing);
  const auto late = placed(sku, 1);
  const auto lapsed = placed(sku, 1, "manual");
  clock_.advance(minutes{16});
  run(orders_->sweep());
  move_stock();
  ASSERT_TRUE(pay(late.id));
  ASSERT_TRUE(pay(unpaid.id, "pm_declined"));
  move_stock();
  ASSERT_EQ(stage(late.cart_id) + " " + stage(processing.cart_id), "expired payment");
  const auto held = placed(sku, 1);
  clock_.advance(days{31});
  const auto young = paid(sku, 1);
  EXPECT_EQ(clear_away(), 0U) << "their rows are kept two days longer than the carts";
  clock_.advance(days{2});
  EXPECT_EQ(clear_away(), 3U);
  for (const auto& order : {sold, cancelled, late}) EXPECT_FALSE(has_cart(order));
  for (const auto& order : {unpaid, processing, lapsed, held, young}) EXPECT_TRUE(has_cart(order));
  // Those that were kept can still be decided, and then nothing needs them either.
  ASSERT_TRUE(pay(unpaid.id));
  ASSERT_TRUE(run(orders_->mark_paid(lapsed.id, asked())));
  ASSERT_TRUE(cancel(held.id));
  ASSERT_TRUE(run(orders_->record(notice(processing, provider_->pay_outside(ref_of(processing)), "evt_1"))));
  EXPECT_EQ(clear_away(), 0U) << "they have just been touched";
  clock_.advance(days{33});
  EXPECT_EQ(clear_away(), 5U);
  EXPECT_EQ(database_.number("SELECT count(*) FROM carts"), 0);
}

TEST_F(OldCartsOfOrders, AreNotMissedByTheirOrders) {
  const auto sku = add_sku(3);
  const auto sold = paid(sku, 1);
  const auto shut = placed(sku, 1);
  ASSERT_TRUE(cancel(shut.id));
  clock_.advance(days{33});
  EXPECT_EQ(clear_away(), 2U);
  EXPECT_EQ(code(check_out(sold.cart_id)), "cart_not_found");
  EXPECT_EQ(code(pay(sold.id)), "order_already_paid");
  EXPECT_EQ(code(pay(shut.id)), "order_is_cancelled");
  ASSERT_TRUE(run(orders_->record(notice(shut, provider_->pay_outside(ref_of(shut)), "evt_1"))));
  EXPECT_EQ(run(orders_->pay_out()), 1U) << "money that comes too late goes back";
  ASSERT_TRUE(refund(sold.id, 100));
  ASSERT_TRUE(cancel(sold.id));
  EXPECT_EQ(read(sold.id).refunded, sold.total);
  move_stock();
  EXPECT_EQ(stock(sku), "3 available, 0 held, 0 sold");
}

TEST_F(OldCartsOfOrders, AreMissedByTheAuditWhereTheyAreNeededOrYoung) {
  const auto sku = add_sku(2);
  (void)placed(sku, 1);
  clock_.advance(minutes{1});
  (void)paid(sku, 1);
  // With no cart there, for the time of the audit.
  const auto missed = [&] {
    struct Undo {};
    std::vector<std::string> checks;
    try {
      connection_.transact([&](db::Transaction& tx) {
        checks.clear();
        tx.exec_text("DELETE FROM carts");
        for (const auto& difference : audit_orders(tx, clock_.now())) checks.push_back(difference.check);
        throw Undo{};
      });
    } catch (const Undo&) {
    }
    return checks;
  };
  using Checks = std::vector<std::string>;
  const Checks always{"an unpaid order is looked at by the clock, and no other",
                      "the cart of an order that is pending_payment is checkout, not missing"};
  Checks young = always;
  young.emplace_back("the cart of an order that is paid is sold, not missing");
  clock_.advance(days{29});
  EXPECT_EQ(missed(), young);
  clock_.advance(days{2});
  EXPECT_EQ(missed(), always);
}

}  // namespace
}  // namespace shopflow::orders
