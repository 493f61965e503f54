#include <gtest/gtest.h>

#include <string>

#include "app/audit_effects.hpp"
#include "integration/app/found_differences.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/shop_rows.hpp"
#include "support/test_database.hpp"

namespace shopflow::app {
namespace {

using testing::TestDatabase;

class AuditEffects : public ::testing::Test {
 protected:
  std::vector<std::string> found() {
    return testing::found_differences(
        database, [](db::Transaction& tx) { return audit_effects(tx, {SystemClock{}.now()}); });
  }
  void event(int position, int sequence, const std::string& type = "OrderPaid", const std::string& data = "",
             int days = 0) {
    database.sql("INSERT INTO events VALUES (" + std::to_string(position) + ", gen_random_uuid(), '" + type +
                 "', 1, 'order', '00000000-0000-7000-8000-000000000001', " + std::to_string(sequence) +
                 ", now() - interval '" + std::to_string(days) + " days', '', '{" + data + "}')");
    database.sql("UPDATE event_log_head SET position = greatest(position, " + std::to_string(position) + ")");
  }
  void cursors(int position) {
    for (const auto* handler : {"analytics", "notification", "email"})
      database.sql("INSERT INTO handler_cursors VALUES ('" + std::string{handler} + "', " +
                   std::to_string(position) + ")");
  }
  void fact(int position) {
    const auto at = std::to_string(position);
    database.sql("INSERT INTO fact_pages VALUES (" + at + ", " + at + ", now(), now(), '{" + at +
                 "}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')");
  }
  void notification(int position) {
    const auto at = std::to_string(position);
    database.sql("INSERT INTO notification_pages VALUES (" + at + ", " + at + ", now(), '{" + at +
                 "}', '{a}')");
  }
  void mail(int position) {
    database.sql("INSERT INTO mails (id, position, send_after, state, template) VALUES (gen_random_uuid(), " +
                 std::to_string(position) + ", now(), 'sent', 'order_packed')");
  }
  void mail_page(int position) {
    const auto at = std::to_string(position);
    database.sql("INSERT INTO mail_pages VALUES (gen_random_uuid(), ARRAY[gen_random_uuid()], '{" + at +
                 "}', ARRAY[now()], '{order_packed}')");
  }
  void written_down(const std::string& method, const std::string& path, const std::string& stage = "ended",
                    const std::string& status = "204") {
    database.sql("INSERT INTO audit_log SELECT coalesce(max(position), 0) + 1, now(), '" + stage +
                 "', NULL, '', '', '" + method + "', '" + path + "', '', " + status +
                 ", 'trace', '', decode(repeat('00', 32), 'hex') FROM audit_log");
  }
  using Lines = std::vector<std::string>;

  TestDatabase database;
};

TEST_F(AuditEffects, AnEmptyShopIsRight) { EXPECT_TRUE(found().empty()); }

TEST_F(AuditEffects, EventsOfAnAggregateThatStandInAnotherOrderAreFound) {
  event(1, 2);
  event(2, 1);
  EXPECT_EQ(found(), std::vector<std::string>{
                         "events of an aggregate are in order: 00000000-0000-7000-8000-000000000001"});
}

TEST_F(AuditEffects, AHandlerAheadOfTheLogIsFound) {
  database.sql("INSERT INTO handler_cursors VALUES ('email', 5)");
  EXPECT_EQ(found(), std::vector<std::string>{"handlers are not ahead of the log: email"});
}

TEST_F(AuditEffects, ADeliveryThatTheHandlerHasNotComeToIsFound) {
  event(1, 1);
  database.sql("INSERT INTO handler_cursors VALUES ('email', 0)");
  database.sql(
      "INSERT INTO deliveries VALUES ('email', 1, gen_random_uuid(), 'waiting', 0, now(), '', now())");
  EXPECT_EQ(found(), std::vector<std::string>{"what is parked has been come to: email"});
}

TEST_F(AuditEffects, AnEffectThatAnEventHasHadTwiceIsFound) {
  database.sql(
      "INSERT INTO notification_pages VALUES (7, 6, now(), '{6,7}', '{a,b}'), (9, 7, now(), '{7,9}', "
      "'{a,b}')");
  EXPECT_EQ(found(), std::vector<std::string>{"an event is one notification: event 7"});
}

TEST_F(AuditEffects, AFactThatIsThereTwiceIsFound) {
  event(6, 1, "OrderGiftWrapped");
  fact(6);
  fact(7);
  database.sql("UPDATE fact_pages SET positions = '{6}'");
  EXPECT_EQ(found(), Lines{"an event is one fact: event 6"});
}

TEST_F(AuditEffects, WhatIsParkedAndIsNoEventIsFound) {
  event(1, 1, "OrderGiftWrapped");
  cursors(1);
  database.sql(
      "INSERT INTO deliveries VALUES ('email', 1, gen_random_uuid(), 'waiting', 0, now(), '', now())");
  EXPECT_EQ(found(), Lines{});
  database.sql("DELETE FROM events");
  EXPECT_EQ(found(), Lines{"what is parked is an event: email"});
}

TEST_F(AuditEffects, ACartThatIsTwoOrdersAndAnAttemptThatIsTwoPaymentsAreFound) {
  const auto now = SystemClock{}.now();
  const auto cart = CartId::make(now);
  const auto order = testing::add_order(database, {"paid", {}, 0, cart, "kim@example.org"}, now);
  const auto pay = [&](const std::string& state) {
    database.sql(
        "INSERT INTO payments (id, order_id, provider, state, version, amount, currency, created_at, "
        "updated_at, "
        "attempt) VALUES (gen_random_uuid(), " +
        testing::quoted(order.value) + ", 'sandbox', '" + state + "', 1, 0, 'EUR', now(), now(), 'first')");
  };
  pay("canceled");
  pay("succeeded");
  EXPECT_EQ(found(), Lines{});
  pay("processing");
  EXPECT_EQ(found(), Lines{"an attempt is one payment: " + to_hyphenated(order.value)});
  database.sql("DELETE FROM payments WHERE state <> 'succeeded'");
  const auto payment = database.sql(
      "INSERT INTO payments (id, order_id, provider, state, version, amount, currency, created_at, "
      "updated_at) "
      "SELECT id, gen_random_uuid(), provider, state, version, amount, currency, created_at, updated_at "
      "FROM payments RETURNING id");
  EXPECT_EQ(found(), Lines{"a payment is of one order: " + payment});
  database.sql("DELETE FROM payments");
  (void)testing::add_order(database, {"paid", {}, 0, cart, "kim@example.org"}, now);
  EXPECT_EQ(found(), Lines{"a cart is one order: " + to_hyphenated(cart.value)});
}

TEST_F(AuditEffects, AMailThatIsThereTwiceIsFound) {
  for (int i = 0; i < 2; ++i)
    database.sql(
        "INSERT INTO mails (id, position, send_after, state, template) VALUES (gen_random_uuid(), 3, now(), "
        "'waiting', 'payment_receipt')");
  EXPECT_EQ(found(), std::vector<std::string>{"an event is one mail of a kind: event 3 payment_receipt"});
}

TEST_F(AuditEffects, AnEffectThatAnEventHasNotHadIsFound) {
  event(1, 1, "OrderCreated");
  event(2, 2, "PaymentReceived");
  cursors(2);
  fact(1);
  notification(2);
  mail(2);
  EXPECT_EQ(found(), (Lines{"an event has its mail: event 1 OrderCreated",
                            "an event has its fact: event 2 PaymentReceived"}));
  mail_page(1);
  fact(2);
  EXPECT_EQ(found(), Lines{});
  database.sql("DELETE FROM notification_pages");
  EXPECT_EQ(found(), Lines{"an event has its notification: event 2 PaymentReceived"});
}

TEST_F(AuditEffects, OnlyWhatAHandlerTakesHasAnEffectThere) {
  event(1, 1, "StockChanged");
  event(2, 2, "RefundProcessed", R"("surplus":true)");
  event(3, 3, "OrderGiftWrapped");
  event(4, 4, "LowStock");
  cursors(4);
  for (const int position : {1, 2, 4}) notification(position);
  for (const int position : {1, 4}) fact(position);
  mail(2);
  EXPECT_EQ(found(), Lines{});
}

TEST_F(AuditEffects, WhatIsStillToComeOrParkedIsNotMissing) {
  event(1, 1, "OrderCreated");
  event(2, 2, "OrderCreated");
  cursors(1);
  for (const auto* handler : {"analytics", "email"})
    database.sql("INSERT INTO deliveries VALUES ('" + std::string{handler} +
                 "', 1, '00000000-0000-7000-8000-000000000001', 'dead', 25, now(), '', now())");
  EXPECT_EQ(found(), Lines{});
}

TEST_F(AuditEffects, WhatSomebodyHasGivenUpIsNotMissing) {
  event(1, 1, "OrderCreated");
  cursors(1);
  written_down("DELETE", "/v1/admin/dead-letters/email/1");
  EXPECT_EQ(found(), Lines{"an event has its fact: event 1 OrderCreated"});
  written_down("CLI", "events drop analytics 1");
  EXPECT_EQ(found(), Lines{});
}

TEST_F(AuditEffects, WhatCouldNotBeGivenUpIsStillMissing) {
  event(1, 1, "OrderCreated");
  cursors(1);
  fact(1);
  const Lines missing{"an event has its mail: event 1 OrderCreated"};
  const std::string path = "/v1/admin/dead-letters/email/1";
  written_down("DELETE", path, "refused", "403");
  EXPECT_EQ(found(), missing);
  // Nobody knows what came of it, so it may have happened.
  written_down("DELETE", path, "begun", "NULL");
  EXPECT_EQ(found(), Lines{});
  written_down("DELETE", path, "ended", "404");
  EXPECT_EQ(found(), missing);
}

TEST_F(AuditEffects, WhatIsNotKeptAnyMoreIsNotMissing) {
  event(1, 1, "OrderShipped", "", 100);
  event(2, 2, "OrderShipped", "", 30);
  event(3, 3, "OrderShipped", "", 3);
  event(4, 4, "OrderShipped", "", 0);
  cursors(4);
  for (int position = 1; position <= 4; ++position) fact(position);
  // Nothing is left of more than a day ago, so it may be that less was kept.
  EXPECT_EQ(found(), (Lines{"an event has its notification: event 4 OrderShipped",
                            "an event has its mail: event 4 OrderShipped"}));
  notification(1);
  notification(4);
  mail(1);
  mail(4);
  EXPECT_EQ(found(), (Lines{"an event has its mail: event 2 OrderShipped",
                            "an event has its notification: event 3 OrderShipped",
                            "an event has its mail: event 3 OrderShipped"}));
}

}  // namespace
}  // namespace shopflow::app
