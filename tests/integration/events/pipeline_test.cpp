#include <atomic>

#include "relay_fixture.hpp"

namespace shopflow::events {
namespace {

/// A backlog of forty batches for a handler that works ahead.
class PipelineTest : public RelayTest {
 protected:
  static constexpr int kEvents = 400;
  static constexpr std::size_t kBatch = 10;

  /// A backlog in which every seventh event, from the fourth on, is of one aggregate, which is returned.
  Uuid append_one_throughout() {
    const auto one = order();
    std::vector<NewEvent> events;
    for (int i = 0; i < kEvents; ++i) events.push_back(event(i % 7 == 3 ? one : order()));
    append(events);
    return one;
  }
  /// Effects whose event stands before that of an effect which came earlier.
  std::int64_t out_of_log_order() {
    return number(
        "SELECT count(*) FROM (SELECT position < lag(position) OVER (PARTITION BY handler ORDER BY id) AS "
        "wrong "
        "FROM effects) AS e WHERE wrong");
  }
  std::atomic<int> begun_ = 0;  // batches ahead of their turn
  const std::function<void(const std::vector<Envelope>&)> count_ = [this](const auto&) { ++begun_; };
};

TEST_F(PipelineTest, ABatchIsBegunWhileTheOneBeforeIsApplied) {
  std::atomic<bool> overlapped = false;
  const Script script{.name = "handler", .ahead = count_, .before_effect = [&](const auto&) {
                        // The first batch goes by itself, and the last have none behind them.
                        const int before = begun_;
                        if (before > 0 && !overlapped) overlapped = until([&] { return begun_ >= 2; });
                      }};
  append_orders(kEvents);
  auto running = relay({&script}, kBatch);
  ASSERT_TRUE(settle(*running));
  EXPECT_TRUE(overlapped);
  EXPECT_EQ(effects(), kEvents);
  EXPECT_EQ(repeated(), 0);
  EXPECT_EQ(out_of_log_order(), 0);
  EXPECT_TRUE(until([&] { return running->stats().at(0).events == kEvents; }));
  EXPECT_EQ(running->stats().at(0).position, kEvents);
}

TEST_F(PipelineTest, ABatchThatCannotBeBegunAheadIsHandledInItsTurn) {
  const Script script{.name = "handler", .ahead = [](const auto&) { throw std::runtime_error{"not now"}; }};
  append_orders(kEvents);
  auto running = relay({&script}, kBatch);
  ASSERT_TRUE(settle(*running));
  EXPECT_EQ(effects(), kEvents);
  EXPECT_EQ(repeated(), 0);
  EXPECT_EQ(number("SELECT count(*) FROM deliveries"), 0);
}

TEST_F(PipelineTest, TheBatchesBehindOneThatFailsAreDoneAnew) {
  std::atomic<int> failures = 3;
  const Script script{.name = "handler", .ahead = count_, .after_effect = [&](const auto&) {
                        if (begun_ > 5 && failures-- > 0)
                          throw db::Unavailable{"as if the session had broken"};
                      }};
  append_orders(kEvents);
  auto running = relay({&script}, kBatch);
  ASSERT_TRUE(settle(*running));
  EXPECT_LE(failures, 0);
  EXPECT_EQ(effects(), kEvents);
  EXPECT_EQ(repeated(), 0);
  EXPECT_EQ(out_of_log_order(), 0);
}

TEST_F(PipelineTest, WhatIsParkedHoldsBackTheRestOfItsAggregateAndNothingElse) {
  const auto stuck = append_one_throughout();
  const Script script{.name = "handler",
                      .answer =
                          [&](const Envelope& envelope) {
                            const bool fails = envelope.aggregate_id == stuck && envelope.sequence == 8;
                            return fails ? Ack::dead("it can't be") : Ack::done();
                          },
                      .ahead = count_};
  auto running = relay({&script}, kBatch);
  ASSERT_TRUE(settle(*running));
  EXPECT_GT(begun_, 0);
  const auto of_stuck = "aggregate_id = '" + to_hyphenated(stuck) + "'";
  EXPECT_EQ(effects(of_stuck), 7);
  EXPECT_EQ(effects("NOT " + of_stuck), kEvents - 57);
  EXPECT_EQ(number("SELECT count(*) FROM deliveries"), 50);
  EXPECT_EQ(repeated(), 0);
}

TEST_F(PipelineTest, WhatOthersParkMeanwhileHoldsBackTheRestOfItsAggregate) {
  const auto stuck = append_one_throughout();
  std::atomic<std::int64_t> parked_at = 0;
  const Script script{.name = "handler", .ahead = count_, .before_effect = [&](const auto& batch) {
                        if (begun_ < 5 || parked_at > 0) return;
                        parked_at = batch.back().position;
                        database.sql(
                            "INSERT INTO deliveries (handler, position, aggregate_id, state, attempts, "
                            "next_attempt_at, last_error, parked_at) VALUES ('handler', 4, '" +
                            to_hyphenated(stuck) + "', 'dead', 1, now(), 'delivered again', now())");
                      }};
  auto running = relay({&script}, kBatch);
  ASSERT_TRUE(settle(*running));
  EXPECT_GT(parked_at, 0);
  const auto behind = " AND position > " + std::to_string(parked_at);
  EXPECT_EQ(effects("aggregate_id = '" + to_hyphenated(stuck) + "'" + behind), 0);
  EXPECT_EQ(effects() + number("SELECT count(*) FROM deliveries WHERE position > 4"), kEvents);
  EXPECT_EQ(repeated(), 0);
}

TEST_F(PipelineTest, ABatchThatStandsInTheWayOfAnotherIsNotBegunAheadAgainAndAgain) {
  std::atomic<int> deadlocks = 0;
  const Script script{.name = "handler", .ahead = [&](const auto& batch) {
                        if (batch.front().position != 31) return;
                        ++deadlocks;
                        throw db::SqlError{"as if it had waited for the batch behind it", "55P03", ""};
                      }};
  append_orders(kEvents);
  auto running = relay({&script}, kBatch);
  ASSERT_TRUE(settle(*running));
  EXPECT_EQ(deadlocks, 1);
  EXPECT_EQ(effects(), kEvents);
  EXPECT_EQ(repeated(), 0);
}

TEST_F(PipelineTest, AnEventThatTheHandlerFailsOnIsFoundAndParked) {
  const Script script{.name = "handler", .ahead = count_, .before_effect = [](const auto& batch) {
                        for (const auto& envelope : batch) {
                          if (envelope.position == 217) throw std::runtime_error{"no effect for this one"};
                        }
                      }};
  append_orders(kEvents);
  auto running = relay({&script}, kBatch);
  ASSERT_TRUE(settle(*running));
  EXPECT_EQ(effects(), kEvents - 1);
  EXPECT_EQ(repeated(), 0);
  EXPECT_EQ(number("SELECT position FROM deliveries"), 217);
}

TEST_F(PipelineTest, TwoServersAndBrokenSessionsLoseAndRepeatNothing) {
  const Script script{.name = "handler", .ahead = count_};
  append_orders(kEvents);
  auto one = relay({&script}, kBatch);
  auto two = relay({&script}, kBatch + 1);
  for (int i = 0; i < 10; ++i) {
    append_orders(kEvents / 10);
    database.terminate_sessions();
  }
  ASSERT_TRUE(until([&] {
    doorbell.ring();
    return effects() >= 2 * kEvents;
  }));
  EXPECT_EQ(effects(), 2 * kEvents);
  EXPECT_EQ(repeated(), 0);
  EXPECT_EQ(out_of_log_order(), 0);
}

}  // namespace
}  // namespace shopflow::events
