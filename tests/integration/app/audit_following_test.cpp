#include "app/audit_following.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "integration/app/found_differences.hpp"
#include "shopflow/core/ids.hpp"
#include "support/test_database.hpp"

namespace shopflow::app {
namespace {

using testing::TestDatabase;

/// An order with all that follows from it, by number, as the handlers leave it.
struct Followed {
  int number;
  const char* order;
  const char* cart;
  const char* units;
  const char* list;
};

constexpr Followed kPending{1, "pending_payment", "checkout", "held", "waiting"};
constexpr Followed kLapsed{2, "pending_payment", "expired", "freed", "waiting"};
constexpr Followed kPaid{3, "paid", "sold", "sold", "ready"};
constexpr Followed kPicked{4, "paid", "expired", "sold", "picking"};
constexpr Followed kPacked{5, "fulfilled", "sold", "sold", "handed_over"};
constexpr Followed kDelivered{6, "delivered", "sold", "sold", "handed_over"};
constexpr Followed kCancelled{7, "cancelled", "released", "freed", "void"};

class AuditFollowing : public ::testing::Test {
 protected:
  void SetUp() override {
    sql("INSERT INTO handler_cursors VALUES ('inventory', 100), ('warehouse', 100)");
    for (const auto& one : {kPending, kLapsed, kPaid, kPicked, kPacked, kDelivered, kCancelled}) add(one);
    sql(
        fmt::format("INSERT INTO shipments (id, order_id, state, version, carrier, tracking_number, sku_ids, "
                    "quantities, left_at, created_at, updated_at) SELECT '{}', '{}', 'delivered', 1, 'dhl', "
                    "'1', '{{}}', '{{}}', now(), now(), now()",
                    id('e', 6), id('a', 6)));
    sql(
        fmt::format("INSERT INTO refunds (id, order_id, payment_id, state, amount, currency, reason, "
                    "restock_skus, restock_quantities, created_at, updated_at) SELECT '{}', '{}', '{}', "
                    "'succeeded', 1, 'EUR', '', ARRAY['{}'::uuid], '{{1}}', now(), now()",
                    id('f', 6), id('a', 6), id('d', 6), id('9', 1)));
    sql(
        fmt::format("UPDATE order_allocations SET applied = applied || '{}'::uuid || '{}'::uuid WHERE "
                    "order_id = '{}'",
                    id('e', 6), id('f', 6), id('a', 6)));
  }

  /// The identifier of an order (a), cart (c), payment (d), parcel (e) or refund (f).
  static std::string id(char kind, int number) {
    return fmt::format("{}0000000-0000-7000-8000-{:012}", kind, number);
  }
  template <class IdType>
  static std::string name(char kind, int number) {
    return IdType{parse_hyphenated(id(kind, number)).value()}.str();
  }
  static std::string order(const Followed& one) { return name<OrderId>('a', one.number); }
  static std::string of(const Followed& one) { return " WHERE order_id = '" + id('a', one.number) + "'"; }

  void sql(const std::string& text) { database.sql(text); }
  void add(const Followed& one) {
    const auto is_paid =
        std::string_view{one.order} != "pending_payment" && std::string_view{one.order} != "cancelled";
    sql(
        fmt::format("INSERT INTO carts VALUES ('{}', '{}', 1, '{}', '{{}}', '{{}}', '{{}}', '{{}}', NULL, 0, "
                    "now())",
                    id('c', one.number), one.cart, id('a', one.number)));
    sql(fmt::format(
        "INSERT INTO orders (id, cart_id, state, version, event_sequence, email, "
        "shipping_address, shipping_method, currency, subtotal, shipping, tax, total, line_skus, "
        "line_codes, line_names, line_quantities, line_prices, line_taxes, line_totals, "
        "line_shipped, created_at, updated_at) VALUES ('{}', '{}', '{}', 1, 1, '', '', '', 'EUR', "
        "0, 0, 0, 0, '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', now(), now())",
        id('a', one.number), id('c', one.number), one.order));
    sql(fmt::format(
        "INSERT INTO payments (id, order_id, provider, state, version, amount, currency, "
        "created_at, updated_at) VALUES ('{}', '{}', 'sandbox', '{}', 1, 0, 'EUR', now(), now())",
        id('d', one.number), id('a', one.number), is_paid ? "succeeded" : "requires_payment_method"));
    sql(
        fmt::format("INSERT INTO order_allocations VALUES ('{}', '{}', '{{}}', '{{}}', '{{}}', '{{{}}}', "
                    "now())",
                    id('a', one.number), one.units, is_paid ? id('d', one.number) : ""));
    sql(fmt::format(
        "INSERT INTO pick_lists (id, order_id, state, sku_ids, quantities, ready_number, "
        "created_at, updated_at) VALUES (gen_random_uuid(), '{}', '{}', '{{}}', '{{}}', {}, now(), "
        "now())",
        id('a', one.number), one.list, one.number));
  }
  /// An event of the order that a handler has to be told of.
  void event(const Followed& one, int position) {
    sql(fmt::format(
        "INSERT INTO events VALUES ({}, gen_random_uuid(), 'OrderCancelled', 1, 'order', '{}', {}, "
        "now(), '', '{{}}')",
        position, id('a', one.number), position));
  }

  std::vector<std::string> found() { return testing::found_differences(database, audit_following); }
  using Lines = std::vector<std::string>;

  TestDatabase database;
};

TEST_F(AuditFollowing, WhatHasFollowedIsRight) { EXPECT_EQ(found(), Lines{}); }

TEST_F(AuditFollowing, ALostOrderCreatedIsFound) {
  sql("DELETE FROM order_allocations" + of(kPending));
  sql("DELETE FROM pick_lists" + of(kPending));
  EXPECT_EQ(found(),
            (Lines{"the units of an order that is pending_payment are held, not missing: " + order(kPending),
                   "the pick list of an order that is pending_payment is waiting, not missing: " +
                       order(kPending)}));
}

TEST_F(AuditFollowing, ALostPaymentReceivedIsFound) {
  sql("UPDATE order_allocations SET state = 'held', applied = '{}'" + of(kPaid));
  sql("UPDATE pick_lists SET state = 'waiting'" + of(kPaid));
  EXPECT_EQ(found(), (Lines{"the units of an order that is paid are sold, not held: " + order(kPaid),
                            "the pick list of an order that is paid is ready, not waiting: " + order(kPaid),
                            "a payment has sold the units of its order: " + name<PaymentId>('d', 3)}));
}

TEST_F(AuditFollowing, ALostOrderCancelledIsFound) {
  sql("UPDATE order_allocations SET state = 'held'" + of(kCancelled));
  sql("UPDATE pick_lists SET state = 'picking'" + of(kCancelled));
  EXPECT_EQ(
      found(),
      (Lines{"the units of an order that is cancelled are freed, not held: " + order(kCancelled),
             "the pick list of an order that is cancelled is void, not picking: " + order(kCancelled)}));
}

TEST_F(AuditFollowing, ALostReservationExpiredIsFound) {
  sql("UPDATE order_allocations SET state = 'held'" + of(kLapsed));
  EXPECT_EQ(found(),
            Lines{"the units of an order that is pending_payment are freed, not held: " + order(kLapsed)});
}

TEST_F(AuditFollowing, ALostOrderFulfilledIsFound) {
  sql("UPDATE pick_lists SET state = 'packed'" + of(kPacked));
  EXPECT_EQ(found(), Lines{"the pick list of an order that is fulfilled is handed_over, not packed: " +
                           order(kPacked)});
}

TEST_F(AuditFollowing, ALostOrderShippedIsFound) {
  sql(fmt::format("UPDATE order_allocations SET applied = array_remove(applied, '{}')", id('e', 6)));
  EXPECT_EQ(found(), Lines{"a parcel that left has taken its units out: " + name<ShipmentId>('e', 6)});
}

TEST_F(AuditFollowing, ALostReturnOfUnitsIsFound) {
  sql(fmt::format("UPDATE order_allocations SET applied = array_remove(applied, '{}')", id('f', 6)));
  EXPECT_EQ(found(), Lines{"units that came back with a refund are back: " + name<RefundId>('f', 6)});
}

TEST_F(AuditFollowing, WhatAHandlerHasYetToComeToIsNotMissing) {
  sql("DELETE FROM order_allocations" + of(kDelivered));
  sql("DELETE FROM pick_lists" + of(kDelivered));
  event(kDelivered, 101);
  EXPECT_EQ(found(), Lines{});
}

TEST_F(AuditFollowing, WhatIsParkedForAnOrderIsNotMissingAtThatHandler) {
  sql("DELETE FROM order_allocations" + of(kDelivered));
  sql("DELETE FROM pick_lists" + of(kDelivered));
  event(kDelivered, 7);
  for (const auto* handler : {"inventory", "email"}) {
    sql(fmt::format("INSERT INTO deliveries VALUES ('{}', 7, '{}', 'dead', 25, now(), '', now())", handler,
                    id('a', 6)));
  }
  EXPECT_EQ(found(), Lines{"the pick list of an order that is delivered is handed_over, not missing: " +
                           order(kDelivered)});
}

TEST_F(AuditFollowing, AnOrderThatIsPickedHasNotYetToBeReady) {
  sql("UPDATE pick_lists SET state = 'waiting'" + of(kPicked));
  EXPECT_EQ(found(),
            Lines{"the pick list of an order that is paid is ready, not waiting: " + order(kPicked)});
}

}  // namespace
}  // namespace shopflow::app
