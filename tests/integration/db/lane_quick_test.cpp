#include <gtest/gtest.h>

#include "integration/db/lane_fixture.hpp"
#include "support/postgres_proxy.hpp"

namespace shopflow::db {
namespace {

using shopflow::testing::PostgresProxy;

class LaneQuickTest : public LaneTest {};

const Statement kInsertQuickly{"lane_test.insert_quickly",
                               "INSERT INTO numbers (n) SELECT u.n FROM unnest($1::int4[]) AS u (n)"};

/// Tries the numbers from 100 on by a statement of their own; the others are left to the whole work.
Numbers::Attempt try_hundreds(Transaction& /*reading*/, Batch<Insert> batch) {
  Numbers::Attempt attempt;
  IntArray numbers;
  for (const auto* command : batch) {
    auto& outcome = attempt.outcomes.emplace_back();
    if (command->n < 100) continue;
    outcome = command->n + 1;
    numbers.push(command->n);
  }
  attempt.write = [numbers](Transaction& tx) { tx.exec(kInsertQuickly, numbers); };
  return attempt;
}

TEST_F(LaneQuickTest, WhatASingleStatementCanDoNeedsNoMore) {
  int worked = 0;
  Numbers lane{settings(),
               inserting([&](Batch<Insert> batch) { worked += static_cast<int>(batch.size()); }),
               {},
               try_hundreds};
  const auto outcomes = submit(lane, {100, 2, 102});
  EXPECT_EQ(outcomes[0], 101);
  EXPECT_EQ(outcomes[1], 2);
  EXPECT_EQ(outcomes[2], 103);
  EXPECT_EQ(worked, 1);
  EXPECT_EQ(lane.stats().quick, 2U);
  EXPECT_EQ(count(), 3);
}

TEST_F(LaneQuickTest, AfterAStatementThatFailedTheWholeWorkIsDone) {
  Numbers lane{settings(), inserting(), {}, try_hundreds};
  EXPECT_EQ(submit(lane, {100}).front(), 101);
  std::vector<Result<int>> outcomes;
  // The key is taken: the statement fails, and the whole work finds who is to blame.
  outcomes = submit(lane, {100, 104});
  EXPECT_EQ(outcomes[0].error().code, "internal");
  EXPECT_EQ(count(), 2);
}

TEST_F(LaneQuickTest, AStatementOfItsOwnWhoseAnswerIsLostIsLookedFor) {
  PostgresProxy proxy{database.url()};
  auto through = settings();
  through.connection.url = proxy.url();
  const auto recover = [](Transaction& tx, Batch<Insert> batch, Numbers::Outcomes outcomes) {
    EXPECT_EQ(outcomes.size(), batch.size());
    const auto found = tx.exec(kFind, numbers_of(batch))[0].next<std::size_t>();
    return found == batch.size() ? LaneRecovery::committed : LaneRecovery::not_committed;
  };
  Numbers lane{through, inserting(), recover, try_hundreds};
  EXPECT_EQ(submit(lane, {100}).front(), 101);
  proxy.lose_next_answer_to_commit();
  EXPECT_EQ(submit(lane, {102}).front(), 103);
  EXPECT_EQ(proxy.lost(), 1);
  EXPECT_EQ(count(), 2);
}

}  // namespace
}  // namespace shopflow::db
