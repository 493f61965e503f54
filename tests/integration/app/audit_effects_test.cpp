#include <gtest/gtest.h>

#include <string>

#include "app/audit_effects.hpp"
#include "shopflow/db/connection.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::app {
namespace {

using testing::TestDatabase;

class AuditEffects : public ::testing::Test {
 protected:
  /// What it finds, each as "check: subject".
  std::vector<std::string> found() {
    db::Connection connection{database.settings()};
    std::vector<std::string> all;
    connection.transact([&](db::Transaction& tx) {
      all.clear();
      for (const auto& difference : audit_effects(tx))
        all.push_back(difference.check + ": " + difference.subject);
    });
    return all;
  }
  void event(int position, int sequence) {
    database.sql("INSERT INTO events VALUES (" + std::to_string(position) +
                 ", gen_random_uuid(), 'OrderPaid', 1, 'order', '00000000-0000-7000-8000-000000000001', " +
                 std::to_string(sequence) + ", now(), '', '{}')");
    database.sql("UPDATE event_log_head SET position = greatest(position, " + std::to_string(position) + ")");
  }
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

TEST_F(AuditEffects, AMailThatIsThereTwiceIsFound) {
  for (int i = 0; i < 2; ++i)
    database.sql(
        "INSERT INTO mails (id, position, send_after, state, template) VALUES (gen_random_uuid(), 3, now(), "
        "'waiting', 'payment_receipt')");
  EXPECT_EQ(found(), std::vector<std::string>{"an event is one mail of a kind: event 3 payment_receipt"});
}

}  // namespace
}  // namespace shopflow::app
