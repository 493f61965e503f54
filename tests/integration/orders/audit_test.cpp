#include "shopflow/orders/audit.hpp"

#include <algorithm>

#include "integration/orders/fixture.hpp"
#include "shopflow/db/error.hpp"

namespace shopflow::orders {
namespace {

class OrdersAudit : public OrdersTest {
 protected:
  /// What the audit says while the books are spoiled; they are mended again by rolling back.
  std::vector<std::string> spoiled_by(const std::string& sql) {
    struct Undo {};
    std::vector<std::string> checks;
    try {
      connection_.transact([&](db::Transaction& tx) {
        tx.exec_text(sql);
        checks.clear();
        for (const auto& difference : audit_orders(tx, clock_.now())) checks.push_back(difference.check);
        throw Undo{};
      });
    } catch (const Undo&) {
    }
    return checks;
  }
  void expect(const std::string& check, const std::string& sql) {
    const auto found = spoiled_by(sql);
    EXPECT_TRUE(std::ranges::any_of(found, [&](const auto& f) { return f.starts_with(check); }))
        << sql << " did not show as: " << check;
  }
};

TEST_F(OrdersAudit, FindsEveryKindOfDifference) {
  const auto order = paid(add_sku(2), 1);
  ASSERT_TRUE(refund(order.id, 100));
  EXPECT_TRUE(spoiled_by("SELECT 1").empty());
  expect("orders.captured equals its payments", "UPDATE orders SET captured = captured + 1");
  expect("orders.refunded equals its refunds", "UPDATE refunds SET amount = 99");
  expect("orders.refunded equals its payments", "UPDATE payments SET refunded = 99");
  expect("payments.refunded equals its refunds", "UPDATE payments SET refunded = 99");
  expect("no more goes back than came",
         "INSERT INTO refunds (id, order_id, payment_id, state, amount, currency, reason, restock_skus, "
         "restock_quantities, created_at, updated_at) SELECT gen_random_uuid(), order_id, payment_id, "
         "'pending', 999999, currency, reason, restock_skus, restock_quantities, now(), now() FROM refunds");
  expect("a paid order has one payment that paid it", "UPDATE payments SET state = 'canceled'");
  expect("orders.total equals its parts",
         "ALTER TABLE orders DROP CONSTRAINT orders_amounts; UPDATE orders SET total = total + 1");
  expect("orders.subtotal equals its lines", "UPDATE orders SET line_totals = '{7}'");
  expect("line totals equal price by quantity", "UPDATE orders SET line_totals = '{7}'");
  expect("line taxes are within the tax", "UPDATE orders SET line_taxes = '{999999}'");
  expect("an order's events are all there", "DELETE FROM events WHERE sequence = 2");
  expect("an order's events have no gap", "UPDATE orders SET event_sequence = 9");
  expect("an order's state is what its events lead to", "UPDATE orders SET state = 'shipped'");
  const auto looked_at = "an unpaid order is looked at by the clock, and no other";
  expect(looked_at, "UPDATE carts SET next_deadline = uuid7_time(order_id)");
  expect(looked_at, "UPDATE orders SET state = 'pending_payment'");
  expect(looked_at,
         "UPDATE orders SET state = 'pending_payment'; "
         "UPDATE carts SET stage = 'expired', next_deadline = uuid7_time(order_id) + interval '2 years'");
  expect("an order's state is what its events lead to",
         "UPDATE events SET type = 'OrderDelivered' WHERE sequence = 2");
  expect("a payment that paid has its PaymentReceived", "DELETE FROM events WHERE type = 'PaymentReceived'");
  const std::string more = R"(UPDATE events SET data = replace(data, '"amount":{"amount":', )"
                           R"('"amount":{"amount":9'))";
  expect("PaymentReceived tells what came", more + " WHERE type = 'PaymentReceived'");
  expect("a refund that was paid out has its RefundProcessed",
         "DELETE FROM events WHERE type = 'RefundProcessed'");
  expect("RefundProcessed tells what went back", more + " WHERE type = 'RefundProcessed'");
  const auto kept = [](const std::string& key, const std::string& body) {
    return "INSERT INTO receipts (id, scope, key, fingerprint, status, body, created_at) SELECT "
           "gen_random_uuid(), 'secret:1 POST /v1/carts/{id}/checkout', '" +
           key + "', decode(repeat('00', 32), 'hex'), 201, '" + body + "', now(); ";
  };
  const auto answer = R"({"id":")" + order.id.str() + R"("})";
  EXPECT_TRUE(spoiled_by(kept("a", answer)).empty());
  expect("an order answered one Idempotency-Key", kept("a", answer) + kept("b", answer));
  expect("the kept answer to a checkout names its order", kept("a", R"({"id":"ord_"})"));
  expect("the kept answer to a checkout names its order", kept("a", R"(\x01)"));
  expect("the order of a kept answer is there", kept("a", R"({"id":"ord_01jd0000000000000000000000"})"));
  expect("the cart of an order that is paid is sold, not checkout", "UPDATE carts SET stage = 'checkout'");
  expect("the cart of an order that is paid is sold, not missing", "DELETE FROM carts");
}

TEST_F(OrdersAudit, FindsANumberThatTwoOrdersHave) {
  placed(add_sku(2), 1);
  placed(add_sku(2), 1);
  expect("an order has its number to itself",
         "ALTER TABLE orders ALTER number DROP IDENTITY; UPDATE orders SET number = 7");
}

/// Whatever names an order that is gone tells of it, each by itself.
TEST_F(OrdersAudit, AnOrderThatIsGoneIsFoundByAllThatNamesIt) {
  const auto order = paid(add_sku(2), 1);
  ASSERT_TRUE(refund(order.id, 100));
  using Lines = std::vector<std::string>;
  const std::string gone = "DELETE FROM receipts; DELETE FROM orders; ";
  const std::string no_cart = "DELETE FROM carts; ", no_event = "DELETE FROM events; ";
  const std::string no_payment = "DELETE FROM payments; ", no_refund = "DELETE FROM refunds; ";
  EXPECT_EQ(spoiled_by(gone + no_cart + no_payment + no_refund), Lines{"the order of an event is there"});
  EXPECT_EQ(spoiled_by(gone + no_cart + no_event + no_refund),
            (Lines{"payments.refunded equals its refunds", "the order of a payment is there"}));
  EXPECT_EQ(spoiled_by(gone + no_cart + no_event + no_payment), Lines{"the order of a refund is there"});
  EXPECT_EQ(spoiled_by(gone + no_event + no_payment + no_refund), Lines{"the order of a cart is there"});
}

}  // namespace
}  // namespace shopflow::orders
