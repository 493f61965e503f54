#include <atomic>
#include <mutex>

#include "relay_fixture.hpp"
#include "shopflow/core/backoff.hpp"
#include "shopflow/events/dead_letters.hpp"

namespace shopflow::events {
namespace {

class RetriesTest : public RelayTest {
 protected:
  std::int64_t deliveries(const std::string& where = "true") {
    return number("SELECT count(*) FROM deliveries WHERE " + where);
  }
  /// Moves the clock past the next attempt of everything that waits, and waits for that attempt.
  void next_attempt() {
    clock.advance(std::chrono::hours{5});
    doorbell.ring();
  }
  template <class Change>
  void admin(Change change) {
    connection.transact([&](db::Transaction& tx) {
      const auto done = change(tx);
      EXPECT_TRUE(done) << done.error().code;
    });
    doorbell.ring();
  }
  Script failing_for(const Uuid& aggregate) {
    return {.name = "handler", .answer = [this, aggregate](const Envelope& envelope) {
              return envelope.aggregate_id == aggregate && broken ? Ack::retry("not now") : Ack::done();
            }};
  }
  std::atomic<bool> broken{true};
};

TEST_F(RetriesTest, AParkedAggregateHoldsBackOnlyItselfAndGoesOnInOrder) {
  const auto stuck = order();
  const auto free = order();
  const auto script = failing_for(stuck);
  auto running = relay({&script});
  append({event(stuck), event(free)});
  append({event(stuck), event(free)});
  ASSERT_TRUE(settle(*running));
  append({event(stuck), event(free)});
  ASSERT_TRUE(settle(*running));
  EXPECT_EQ(effects(), 3);
  EXPECT_EQ(deliveries("attempts = 1 AND last_error = 'not now'"), 1);
  EXPECT_EQ(deliveries("attempts = 0"), 2);
  broken = false;
  next_attempt();
  ASSERT_TRUE(until([&] { return effects() == 6; }));
  EXPECT_EQ(out_of_order(), 0);
  EXPECT_EQ(repeated(), 0);
  EXPECT_EQ(deliveries(), 0);
}

TEST_F(RetriesTest, IsTriedAgainAboutASecondLaterAndNotBefore) {
  const auto stuck = order();
  const auto script = failing_for(stuck);
  auto running = relay({&script});
  append({event(stuck)});
  ASSERT_TRUE(settle(*running));
  EXPECT_EQ(deliveries("next_attempt_at - parked_at BETWEEN interval '0.9 s' AND interval '1.1 s'"), 1);
  clock.advance(std::chrono::milliseconds{1200});
  doorbell.ring();
  ASSERT_TRUE(until([&] { return deliveries("attempts = 2") == 1; }));
  EXPECT_EQ(deliveries("next_attempt_at - parked_at BETWEEN interval '4.8 s' AND interval '5.6 s'"), 1);
}

TEST_F(RetriesTest, IsDeadAfterTwentyFiveAttemptsAndNothingBehindItRuns) {
  const auto stuck = order();
  const auto script = failing_for(stuck);
  auto running = relay({&script});
  append({event(stuck), event(stuck)});
  ASSERT_TRUE(settle(*running));
  for (int attempt = 2; attempt <= kAttemptsMax; ++attempt) {
    next_attempt();
    ASSERT_TRUE(until([&] { return deliveries("attempts = " + std::to_string(attempt)) == 1; })) << attempt;
  }
  EXPECT_EQ(deliveries("state = 'dead' AND attempts = 25"), 1);
  broken = false;
  next_attempt();
  append({event(stuck)});
  ASSERT_TRUE(settle(*running));
  EXPECT_EQ(effects(), 0);
  EXPECT_EQ(deliveries("state = 'waiting' AND attempts = 0"), 2);
  EXPECT_TRUE(until([&] { return running->stats().at(0).dead == 1; }));
}

class DeadTest : public RetriesTest {
 protected:
  /// An order whose first event the handler has called dead, with another behind it.
  std::unique_ptr<Relay> with_a_dead_event(const Script& script) {
    auto running = relay({&script});
    append({event(stuck), event(stuck)});
    EXPECT_TRUE(settle(*running));
    EXPECT_EQ(deliveries("state = 'dead' AND attempts = 1"), 1);
    return running;
  }
  Script deadly() {
    return {.name = "handler", .answer = [this](const Envelope& envelope) {
              return envelope.sequence == 1 && broken ? Ack::dead("no use") : Ack::done();
            }};
  }
  Uuid stuck = order();
};

TEST_F(DeadTest, RetryingGivesItToTheHandlerAgainAndThenWhatIsBehindIt) {
  const auto script = deadly();
  auto running = with_a_dead_event(script);
  broken = false;
  admin([&](db::Transaction& tx) { return retry_delivery(tx, "handler", 1, clock.now()); });
  ASSERT_TRUE(until([&] { return effects() == 2; }));
  EXPECT_EQ(out_of_order(), 0);
  EXPECT_EQ(deliveries(), 0);
}

TEST_F(DeadTest, DroppingItLetsWhatIsBehindItThrough) {
  const auto script = deadly();
  auto running = with_a_dead_event(script);
  admin([&](db::Transaction& tx) { return drop_delivery(tx, "handler", 1); });
  ASSERT_TRUE(until([&] { return effects("sequence = 2") == 1; }));
  EXPECT_EQ(effects(), 1);
}

TEST_F(RetriesTest, APoisonEventIsFoundAndParkedAndTheOthersGoThrough) {
  std::atomic<bool> poisonous{true};
  const auto poison = order();
  const Script script{.name = "handler", .after_effect = [&](const std::vector<Envelope>& events) {
                        for (const auto& each : events) {
                          if (each.aggregate_id == poison && poisonous) throw std::runtime_error{"poison"};
                        }
                      }};
  std::vector<NewEvent> events;
  for (int i = 0; i < 200; ++i) events.push_back(event(i == 77 ? poison : order()));
  events.push_back(event(poison));
  append(events);
  auto running = relay({&script}, 100);
  ASSERT_TRUE(settle(*running));
  EXPECT_EQ(effects(), 199);
  EXPECT_EQ(repeated(), 0);
  EXPECT_EQ(database.sql("SELECT last_error FROM deliveries WHERE attempts = 1"), "poison");
  EXPECT_EQ(deliveries(), 2);
  next_attempt();
  ASSERT_TRUE(until([&] { return deliveries("attempts = 2") == 1; }));
  poisonous = false;
  next_attempt();
  ASSERT_TRUE(until([&] { return effects() == 201; }));
  EXPECT_EQ(out_of_order(), 0);
}

TEST_F(RetriesTest, AStatementThatTheDatabaseRefusesParksItsEventToo) {
  const auto poison = order();
  database.sql(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END "
      "$$; "
      "CREATE TRIGGER refuse BEFORE INSERT ON effects FOR EACH ROW WHEN (NEW.sequence = 2) "
      "EXECUTE FUNCTION refuse()");
  const Script script{.name = "handler"};
  append({event(order()), event(poison), event(poison), event(order())});
  auto running = relay({&script});
  ASSERT_TRUE(settle(*running));
  EXPECT_EQ(effects(), 3);
  EXPECT_EQ(deliveries("last_error LIKE '%refused%'"), 1);
}

TEST_F(RetriesTest, AnEventOfAnUnknownTypeWaitsForABinaryThatKnowsIt) {
  const auto mixed = order();
  const Script old{.name = "handler"};
  append({event(mixed), event(mixed, "OrderGiftWrapped"), event(mixed), event(order())});
  auto running = relay({&old});
  ASSERT_TRUE(settle(*running));
  EXPECT_EQ(effects(), 2);
  EXPECT_EQ(deliveries("attempts = 0 AND last_error = 'this binary does not know the type OrderGiftWrapped'"),
            1);
  next_attempt();
  ASSERT_TRUE(until([&] { return running->stats().at(0).retried == 1; }));
  EXPECT_EQ(deliveries("attempts = 0"), 2);
  running.reset();
  clock.advance(std::chrono::hours{1});
  const Script newer{.name = "handler", .types = {"OrderCancelled", "OrderGiftWrapped"}};
  running = relay({&newer});
  ASSERT_TRUE(until([&] { return effects() == 4; }));
  EXPECT_EQ(out_of_order(), 0);
  EXPECT_EQ(deliveries(), 0);
}

TEST_F(RetriesTest, AReplayGivesTheRangeToTheOneHandlerAgainInOrder) {
  const Script first{.name = "first"};
  const Script second{.name = "second"};
  const auto one = order();
  append({event(one), event(order()), event(one), event(one)});
  auto running = relay({&first, &second});
  ASSERT_TRUE(settle(*running));
  database.sql("DELETE FROM effects");
  std::int64_t count = 0;
  admin([&](db::Transaction& tx) {
    const auto replayed = replay_events(tx, "first", 1, 3, clock.now());
    count = replayed.value_or(-1);
    return replayed;
  });
  EXPECT_EQ(count, 3);
  ASSERT_TRUE(until([&] { return effects() == 3; }));
  EXPECT_EQ(effects("handler = 'first' AND position <= 3"), 3);
  EXPECT_EQ(out_of_order(), 0);
}

TEST_F(RetriesTest, WhatAHandlerHasForgottenIsNotReplayedToIt) {
  const Script first{.name = "first"};
  append({event(order()), event(order())});
  auto running = relay({&first});
  ASSERT_TRUE(settle(*running));
  const HandlerMemory memory{{"first", std::chrono::days{1}}, {"second", std::chrono::days{0}}};
  database.sql("UPDATE events SET occurred_at = now() - interval '25 hours' WHERE position = 1");
  connection.transact([&](db::Transaction& tx) {
    const auto now = SystemClock{}.now();
    EXPECT_EQ(replay_events(tx, "first", 1, 2, now, memory).error().code, "replay_too_old");
    EXPECT_EQ(replay_events(tx, "first", 2, 2, now, memory), 1);
    EXPECT_EQ(replay_events(tx, "first", 1, 1, now), 1);
  });
}

}  // namespace
}  // namespace shopflow::events
