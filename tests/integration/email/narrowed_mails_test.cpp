#include <gtest/gtest.h>

#include "email/repository.hpp"
#include "shopflow/db/migrator.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/email/email_handler.hpp"
#include "support/logged_events.hpp"
#include "support/test_database.hpp"

namespace shopflow::email {
namespace {

/// Up to and with the version before mails were narrowed.
constexpr std::size_t kBefore = 9;

TEST(NarrowedMails, AMailThatWasPutDownBeforeIsNotPutDownAgainWhenItsEventIsReplayed) {
  const testing::TestDatabase database{testing::TestDatabase::Content::nothing};
  const auto known = db::embedded_migrations();
  const Timestamp now = *parse_rfc3339("2026-11-21T08:00:00.123Z");
  ASSERT_TRUE((db::Migrator{{.connection = database.settings()}, known.first(kBefore)}.migrate(now)));
  testing::EventLog log;
  const auto order = OrderId::make(now);
  log.add(events::OrderDelivered{order, ShipmentId{}}, order.value, now);
  db::Connection connection{database.settings()};
  testing::store(connection, log.all());
  database.sql(
      "INSERT INTO mails (id, event_id, template, subject_id, data, state, send_after, created_at) "
      "SELECT gen_random_uuid(), e.id, t.name, e.aggregate_id, e.data, 'waiting', e.occurred_at + t.delay, "
      "e.occurred_at + t.delay FROM events AS e, (VALUES ('order_delivered', interval '0'), "
      "('review_request', interval '3 days')) AS t (name, delay)");
  ASSERT_TRUE((db::Migrator{{.connection = database.settings()}}.migrate(now)));
  const auto rows = [&] {
    return database.sql("SELECT string_agg(mails::text, E'\\n' ORDER BY id) FROM mails");
  };
  const auto before = rows();
  EXPECT_EQ(database.sql("SELECT string_agg(concat(template, position, state), ' ' ORDER BY id) FROM mails"),
            "order_delivered1waiting review_request1waiting");
  EmailHandler handler{[] {}, true};
  testing::apply(handler, connection, log.all());
  connection.transact([&](db::Transaction& tx) { EXPECT_TRUE(unpack_mails(tx)); });
  EXPECT_EQ(rows(), before);
}

}  // namespace
}  // namespace shopflow::email
