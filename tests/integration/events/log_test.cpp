#include "shopflow/events/log.hpp"

#include "relay_fixture.hpp"
#include "shopflow/db/error.hpp"

namespace shopflow::events {
namespace {

class LogTest : public RelayTest {
 protected:
  template <class Read>
  auto read(Read how) {
    decltype(how(std::declval<db::Transaction&>())) value;
    connection.read([&](db::Transaction& tx) { value = how(tx); });
    return value;
  }
};

TEST_F(LogTest, TheEventsOfOneAggregateAreReadInOrderAsTheyWereAppended) {
  const auto one = order();
  auto first = event(one);
  first.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  append({first, event(order())});
  append({event(one)});
  const auto events = read([&](db::Transaction& tx) { return read_aggregate(tx, one); });
  ASSERT_EQ(events.size(), 2U);
  const auto& envelope = events[0].envelope;
  EXPECT_EQ(envelope.position, 1);
  EXPECT_EQ(envelope.id, first.id);
  EXPECT_EQ(envelope.type, "OrderCancelled");
  EXPECT_EQ(envelope.aggregate, "order");
  EXPECT_EQ(envelope.aggregate_id, one);
  EXPECT_EQ(envelope.occurred_at, clock.now());
  EXPECT_EQ(envelope.traceparent, first.traceparent);
  EXPECT_EQ(events[0].data, first.data);
  EXPECT_EQ(events[1].envelope.sequence, 2);
  EXPECT_EQ(events[1].envelope.position, 3);
}

TEST_F(LogTest, WhoAppendsWaitsForTheDiskWhateverTheSessionDoes) {
  database.sql("ALTER DATABASE " + database.name() + " SET synchronous_commit = local");
  auto settings = database.settings();
  settings.asynchronous_commit = true;
  db::Connection asynchronous{settings};
  std::string commits;
  asynchronous.transact([&](db::Transaction& tx) {
    outbox.append(tx, {event(order())});
    commits = tx.exec_text("SHOW synchronous_commit")[0].next<std::string>();
  });
  EXPECT_EQ(commits, "local");
}

TEST_F(LogTest, PositionsHaveNoGapsAlthoughTransactionsRollBack) {
  append_orders(3);
  const auto lost = [&](db::Transaction& tx) {
    outbox.append(tx, {event(order())});
    throw std::runtime_error{"no"};
  };
  EXPECT_THROW(connection.transact(lost), std::runtime_error);
  append_orders(2);
  EXPECT_EQ(read([](db::Transaction& tx) { return read_head(tx); }), 5);
  EXPECT_EQ(read([](db::Transaction& tx) { return read_after(tx, 3, 100); }).size(), 2U);
}

TEST_F(LogTest, TheSameSequenceTwiceBreaksTheTransaction) {
  const auto repeated = event(order());
  append({repeated});
  EXPECT_THROW(append({repeated}), db::SqlError);
}

TEST_F(LogTest, TheDoorbellRingsAfterTheCommitAndNotForARollback) {
  const auto before = doorbell.rings();
  append_orders(1);
  EXPECT_EQ(doorbell.rings(), before + 1);
  const auto lost = [&](db::Transaction& tx) {
    outbox.append(tx, {event(order())});
    throw std::runtime_error{"no"};
  };
  EXPECT_THROW(connection.transact(lost), std::runtime_error);
  EXPECT_EQ(doorbell.rings(), before + 1);
}

}  // namespace
}  // namespace shopflow::events
