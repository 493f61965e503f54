#include "shopflow/events/relay.hpp"

#include "relay_fixture.hpp"

namespace shopflow::events {
namespace {

TEST_F(RelayTest, EveryHandlerGetsEveryEventOfItsTypesOnce) {
  const Script first{.name = "first"};
  const Script second{.name = "second", .types = {"OrderDelivered"}};
  auto running = relay({&first, &second});
  append_orders(120);
  append({event(order(), "OrderDelivered")});
  ASSERT_TRUE(settle(*running));
  EXPECT_EQ(effects("handler = 'first'"), 120);
  EXPECT_EQ(effects("handler = 'second'"), 1);
  EXPECT_EQ(repeated(), 0);
  // It counts them when they are done.
  EXPECT_TRUE(until([&] { return running->stats().at(0).events >= 120; }));
  EXPECT_EQ(running->stats().at(0).events, 120U);
}

TEST_F(RelayTest, TheEffectHappensOnceAlthoughTwoRelaysRunOnOneDatabase) {
  const Script script{.name = "handler"};
  auto one = relay({&script}, 7);
  auto two = relay({&script}, 11);
  std::vector<Uuid> orders;
  for (int i = 0; i < 20; ++i) orders.push_back(order());
  for (int round = 0; round < 50; ++round) {
    std::vector<NewEvent> events;
    for (const auto& each : orders) events.push_back(event(each));
    append(events);
  }
  ASSERT_TRUE(settle(*one));
  ASSERT_TRUE(settle(*two));
  EXPECT_EQ(effects(), 1000);
  EXPECT_EQ(repeated(), 0);
  EXPECT_EQ(out_of_order(), 0);
}

TEST_F(RelayTest, AnEventThatNobodyRangForIsFoundByThePoll) {
  const Script script{.name = "handler"};
  auto running = relay({&script});
  const Outbox of_another_server{[] {}};
  const std::vector<NewEvent> events{event(order())};
  connection.transact([&](db::Transaction& tx) { of_another_server.append(tx, events); });
  EXPECT_TRUE(until([&] { return effects() == 1; }));
}

TEST_F(RelayTest, ANewHandlerBeginsWithTheFirstEvent) {
  const Script old{.name = "old"};
  const Script fresh{.name = "fresh"};
  auto running = relay({&old});
  append_orders(100);
  ASSERT_TRUE(settle(*running));
  running.reset();
  running = relay({&old, &fresh}, 7, 10);
  append_orders(100);
  ASSERT_TRUE(settle(*running));
  EXPECT_EQ(effects("handler = 'old'"), 200);
  EXPECT_EQ(effects("handler = 'fresh'"), 200);
  EXPECT_EQ(repeated(), 0);
}

TEST_F(RelayTest, WhatACrashHasTakenBackIsDoneAgainThoughNoEventComes) {
  const Script script{.name = "handler"};
  append_orders(3);
  auto running = relay({&script});
  ASSERT_TRUE(settle(*running));
  database.sql("UPDATE handler_cursors SET position = 1");
  database.sql("DELETE FROM effects WHERE position > 1");
  database.terminate_sessions();
  EXPECT_TRUE(until([&] { return effects() == 3; }));
  EXPECT_EQ(repeated(), 0);
}

TEST_F(RelayTest, ItsCommitsDoNotWaitForTheDisk) {
  database.sql("ALTER TABLE effects ADD commits text DEFAULT current_setting('synchronous_commit')");
  database.sql("ALTER DATABASE " + database.name() + " SET synchronous_commit = local");
  const Script script{.name = "handler"};
  append_orders(2);
  auto running = relay({&script});
  ASSERT_TRUE(settle(*running));
  EXPECT_EQ(effects("commits = 'off'"), 2);
}

TEST_F(RelayTest, TheEffectAndTheCursorAreCommittedTogetherOrNotAtAll) {
  std::atomic<int> failures{3};
  std::vector<std::int64_t> seen_by_others;
  const Script script{.name = "handler", .after_effect = [&](const auto&) {
                        seen_by_others.push_back(effects());
                        seen_by_others.push_back(number("SELECT position FROM handler_cursors"));
                        if (failures-- > 0) throw db::Unavailable{"as if the session had broken"};
                      }};
  append_orders(5);
  auto running = relay({&script});
  ASSERT_TRUE(settle(*running));
  EXPECT_EQ(effects(), 5);
  EXPECT_EQ(seen_by_others, (std::vector<std::int64_t>{0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(number("SELECT count(*) FROM deliveries"), 0);
}

TEST_F(RelayTest, BreakingEverySessionLosesAndRepeatsNothing) {
  const Script first{.name = "first"};
  const Script second{.name = "second"};
  auto running = relay({&first, &second}, 5);
  for (int i = 0; i < 10; ++i) {
    append_orders(20);
    database.terminate_sessions();
  }
  ASSERT_TRUE(until([&] {
    doorbell.ring();
    return effects() >= 400;
  }));
  EXPECT_EQ(effects(), 400);
  EXPECT_EQ(repeated(), 0);
}

TEST_F(RelayTest, AHandlerThatAppendsEventsIsSettledOnlyWhenThoseAreHandledToo) {
  Script script{.name = "handler"};
  Script chained{.name = "chained", .types = {"OrderDelivered"}};
  std::vector<Subscription> subscriptions;
  class Chain final : public Subscription::Batch {
   public:
    explicit Chain(RelayTest& test, std::function<void(db::Transaction&, const Uuid&)> more)
        : test_{test}, more_{std::move(more)} {}
    Ack on(const Envelope& envelope, const EventData&) override {
      aggregate_ = envelope.aggregate_id;
      return Ack::done();
    }
    void apply(db::Transaction& tx) override { more_(tx, aggregate_); }

   private:
    [[maybe_unused]] RelayTest& test_;
    std::function<void(db::Transaction&, const Uuid&)> more_;
    Uuid aggregate_;
  };
  const auto more = [this](db::Transaction& tx, const Uuid& aggregate) {
    outbox.append(tx, {event(aggregate, "OrderDelivered")});
  };
  subscriptions.push_back(
      {"chain", {"OrderCancelled"}, [&] { return std::make_unique<Chain>(*this, more); }});
  subscriptions.push_back(
      {"chained", {"OrderDelivered"}, [&] { return std::make_unique<ScriptedBatch>(chained); }});
  Relay running{{.connection = database.settings()}, clock, doorbell, std::move(subscriptions)};
  running.start();
  append({event(order())});
  ASSERT_TRUE(settle(running));
  EXPECT_EQ(effects("handler = 'chained'"), 1);
}

TEST_F(RelayTest, GivesUpSettlingWhenTheTimeIsUp) {
  const Script script{.name = "handler", .before_effect = [](const auto&) { throw db::Unavailable{"gone"}; }};
  append_orders(1);
  auto running = relay({&script});
  EXPECT_FALSE(running->settle(std::chrono::milliseconds{50}));
}

TEST_F(RelayTest, RefusesTwoHandlersOfOneName) {
  const Script script{.name = "same"};
  EXPECT_THROW(relay({&script, &script}), std::logic_error);
}

class Typed {
 public:
  static constexpr std::string_view name = "typed";
  class Batch {
   public:
    explicit Batch(std::vector<std::string>& log) : log_{&log} {}
    void on(const Envelope&, const OrderCancelled& event) { reasons_.push_back(event.reason); }
    Ack on(const Envelope&, const OrderDelivered&) { return Ack::dead("not wanted"); }
    void apply(db::Transaction&) { log_->insert(log_->end(), reasons_.begin(), reasons_.end()); }

   private:
    std::vector<std::string>* log_;
    std::vector<std::string> reasons_;
  };
  Batch begin() { return Batch{log}; }
  std::vector<std::string> log;
};

TEST_F(RelayTest, ATypedHandlerGetsDecodedEventsAndNoneOfANewerVersion) {
  Typed handler;
  auto newer = event(order());
  newer.version = 2;
  auto broken = event(order());
  broken.data = "[";
  append({event(order()), newer, broken});
  std::vector<Subscription> subscriptions;
  subscriptions.push_back(subscribe(handler));
  Relay running{{.connection = database.settings()}, clock, doorbell, std::move(subscriptions)};
  running.start();
  ASSERT_TRUE(settle(running));
  running.stop();
  EXPECT_EQ(handler.log, std::vector<std::string>{"customer"});
  EXPECT_EQ(database.sql("SELECT last_error FROM deliveries WHERE position = 2"),
            "this binary does not know version 2 of OrderCancelled");
  EXPECT_EQ(number("SELECT count(*) FROM deliveries WHERE state = 'waiting'"), 2);
}

}  // namespace
}  // namespace shopflow::events
