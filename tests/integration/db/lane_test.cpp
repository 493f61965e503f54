#include "shopflow/db/lane.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "integration/db/lane_fixture.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/receipts.hpp"
#include "support/kept_answer.hpp"
#include "support/latch.hpp"
#include "support/postgres_proxy.hpp"
#include "support/until.hpp"

namespace shopflow::db {
namespace {

using shopflow::testing::PostgresProxy;

TEST_F(LaneTest, EachCommandHasItsOwnOutcome) {
  Numbers lane{settings(), inserting()};
  const auto outcomes = submit(lane, {2, 3, 4});
  EXPECT_EQ(outcomes[0], 2);
  EXPECT_EQ(outcomes[1].error().code, "odd");
  EXPECT_EQ(outcomes[2], 4);
}

TEST_F(LaneTest, WithoutPlacesToWaitInThereIsNone) {
  auto unsaid = settings();
  unsaid.queue_max = 0;
  EXPECT_THROW((Numbers{unsaid, inserting()}), std::invalid_argument);
}

TEST_F(LaneTest, CommandsThatComeWhileATransactionRunsShareTheNext) {
  testing::Latch submitted{1};
  std::vector<std::size_t> sizes;
  Numbers lane{settings(), inserting([&](Batch<Insert> batch) {
                 submitted.wait();
                 sizes.push_back(batch.size());
               })};
  std::vector<boost::asio::awaitable<Result<int>>> works;
  for (int n = 0; n < 40; n += 2) works.push_back(lane.submit(0, Insert{n}));
  const auto open = [&]() -> boost::asio::awaitable<Result<int>> {
    submitted.count_down();
    co_return 0;
  };
  works.push_back(open());
  run_all(std::move(works));
  ASSERT_LE(sizes.size(), 2U);
  EXPECT_EQ(count(), 20);
  EXPECT_EQ(lane.stats().batches, sizes.size());
  EXPECT_EQ(lane.stats().commands, 20U);
}

TEST_F(LaneTest, APoisonCommandIsFoundByBisectionAndTheOthersGoThrough) {
  testing::Latch submitted{1};
  Numbers lane{settings(), inserting([&](Batch<Insert>) { submitted.wait(); })};
  std::vector<boost::asio::awaitable<Result<int>>> works;
  for (int n = 0; n < 26; ++n) works.push_back(lane.submit(0, Insert{n == 25 ? 100 : n}));
  const auto open = [&]() -> boost::asio::awaitable<Result<int>> {
    submitted.count_down();
    co_return 0;
  };
  works.push_back(open());
  const auto outcomes = run_all(std::move(works));
  EXPECT_EQ(outcomes[13].error().code, "internal");
  EXPECT_EQ(outcomes[12], 12);
  EXPECT_EQ(outcomes[14], 14);
  EXPECT_EQ(count(), 25);
  EXPECT_GE(lane.stats().bisections, 3U);
}

TEST_F(LaneTest, ACommandThatThrowsFailsAloneToo) {
  Numbers lane{settings(), inserting([](Batch<Insert> batch) {
                 if (std::ranges::any_of(batch, [](const auto* command) { return command->n == 6; })) {
                   throw std::runtime_error{"six"};
                 }
               })};
  const auto outcomes = submit(lane, {2, 4, 6, 8});
  EXPECT_EQ(outcomes[2].error().code, "internal");
  EXPECT_EQ(count(), 3);
}

TEST_F(LaneTest, ADatabaseWithoutRoomIsTheFaultOfNoCommand) {
  Numbers lane{settings(), [](Transaction& tx, Batch<Insert>) -> std::vector<Result<int>> {
                 tx.exec_text("DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$");
                 return {};
               }};
  for (const auto& outcome : submit(lane, {2, 4, 6})) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, "overloaded");
    EXPECT_TRUE(outcome.error().retry_after);
  }
  EXPECT_EQ(lane.stats().bisections, 0U);
}

TEST_F(LaneTest, CommandsOfOneKeyKeepTheirOrder) {
  std::vector<int> order;
  Numbers lane{settings(), inserting([&](Batch<Insert> batch) {
                 for (const auto* command : batch) order.push_back(command->n);
               })};
  std::vector<int> numbers;
  for (int n = 500; n > 100; n -= 2) numbers.push_back(n);
  submit(lane, numbers);
  EXPECT_EQ(order, numbers);
}

TEST_F(LaneTest, StoppingFinishesWhatWasAcceptedAndRefusesTheRest) {
  Numbers lane{settings(), inserting()};
  std::vector<boost::asio::awaitable<Result<int>>> works;
  for (int n = 0; n < 200; n += 2) works.push_back(lane.submit(0, Insert{n}));
  const auto stop = [&]() -> boost::asio::awaitable<Result<int>> {
    lane.stop();
    auto pending = lane.submit(0, Insert{1000});
    auto outcome = co_await std::move(pending);
    co_return outcome;
  };
  works.push_back(stop());
  const auto outcomes = run_all(std::move(works));
  EXPECT_EQ(std::ranges::count_if(outcomes, [](const auto& outcome) { return outcome.has_value(); }), 100);
  EXPECT_EQ(outcomes.back().error().code, "database_unavailable");
  EXPECT_EQ(count(), 100);
}

/// Ends all sessions the first time, when the batch has been written and COMMIT is to come.
class LostCommitTest : public LaneTest {
 protected:
  Numbers::Work losing() {
    return [this, insert = inserting()](Transaction& tx, Batch<Insert> batch) {
      auto outcomes = insert(tx, batch);
      std::call_once(once_, [this] { database.terminate_sessions(); });
      return outcomes;
    };
  }
  std::once_flag once_;
};

TEST_F(LostCommitTest, ABatchThatIsNotThereRunsAgain) {
  int asked = 0;
  Numbers lane{settings(), losing(), [&](Transaction& tx, Batch<Insert> batch, Numbers::Outcomes) {
                 ++asked;
                 EXPECT_EQ(tx.exec(kFind, numbers_of(batch))[0].next<int>(), 0);
                 return LaneRecovery::not_committed;
               }};
  EXPECT_EQ(submit(lane, {2}).front(), 2);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(count(), 1);
}

TEST_F(LostCommitTest, TheOutcomesOfABatchThatIsFoundCommittedStand) {
  PostgresProxy proxy{database.url()};
  auto through = settings();
  through.connection.url = proxy.url();
  Numbers lane{through, inserting(), [](Transaction& tx, Batch<Insert> batch, Numbers::Outcomes outcomes) {
                 EXPECT_EQ(outcomes.size(), batch.size());
                 const auto found = tx.exec(kFind, numbers_of(batch))[0].next<std::size_t>();
                 return found == batch.size() ? LaneRecovery::committed : LaneRecovery::not_committed;
               }};
  EXPECT_EQ(submit(lane, {2}).front(), 2);
  proxy.lose_next_answer_to_commit();
  const auto outcomes = submit(lane, {4, 5});
  EXPECT_EQ(outcomes[0], 4);
  EXPECT_EQ(outcomes[1].error().code, "odd");
  EXPECT_EQ(proxy.lost(), 1);
  EXPECT_EQ(count(), 3);
}

TEST_F(LostCommitTest, WithoutATraceToLookForTheOutcomeIsUnknown) {
  Numbers lane{settings(), losing()};
  EXPECT_EQ(submit(lane, {2}).front().error().code, "outcome_unknown");
}

TEST_F(LaneTest, ATwinsKeyIsAConflictOfThatCommandAlone) {
  const Timestamp now = SystemClock{}.now();
  Numbers lane{settings(), [&](Transaction& tx, Batch<Insert> batch) {
                 std::vector<Receipt> receipts;
                 for (const auto* command : batch)
                   receipts.push_back({{"s", std::to_string(command->n), {}}, 201, "{}"});
                 insert_receipts(tx, receipts, now);
                 return std::vector<Result<int>>(batch.size(), 1);
               }};
  EXPECT_TRUE(submit(lane, {2}).front());
  const auto outcomes = submit(lane, {2, 4});
  EXPECT_EQ(outcomes[0].error().code, "idempotency_conflict");
  EXPECT_TRUE(outcomes[1]);
}

TEST_F(LaneTest, RepeatsAreToldFromTheOthersByOneLook) {
  const Timestamp now = SystemClock{}.now();
  const auto receipt_of = [](const Insert& command) {
    return Receipt{{"s", std::to_string(command.n), {}}, 201, "{}"};
  };
  int runs = 0;
  testing::Latch started{1};
  testing::Latch all_wait{1};
  const auto work = [&](Transaction& tx, Batch<Insert> batch) {
    if (++runs == 1) {
      started.count_down();
      all_wait.wait();
    }
    std::vector<Receipt> receipts;
    for (const auto* command : batch) receipts.push_back(receipt_of(*command));
    insert_receipts(tx, receipts, now);
    return std::vector<Result<int>>(batch.size(), 1);
  };
  int looks = 0;
  const auto find = [&](Transaction& tx, Batch<Insert> batch) {
    ++looks;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (testing::find_receipt(tx, receipt_of(*batch[i]).key, now)) places.push_back(i);
    }
    return places;
  };
  std::vector<Receipt> answered;
  for (int n = 0; n < 60; n += 2) answered.push_back(receipt_of({n}));
  Connection connection{database.settings()};
  connection.transact([&](Transaction& tx) { insert_receipts(tx, answered, now); });
  Numbers lane{settings(), work, {}, {}, find};
  std::thread opener{[&] {
    EXPECT_TRUE(testing::until([&] { return lane.stats().waiting >= 60; }));
    all_wait.count_down();
  }};
  std::vector<boost::asio::awaitable<Result<int>>> works;
  works.push_back(lane.submit(0, Insert{1000}));
  const auto later = [&](int n) -> boost::asio::awaitable<Result<int>> {
    started.wait();
    auto pending = lane.submit(0, Insert{n});
    co_return co_await std::move(pending);
  };
  for (int n = 0; n < 60; ++n) works.push_back(later(n));
  const auto outcomes = run_all(std::move(works));
  opener.join();
  for (int n = 0; n < 60; ++n) {
    const auto& outcome = outcomes.at(static_cast<std::size_t>(n) + 1);
    if (n % 2 == 0) {
      EXPECT_EQ(outcome.error().code, "idempotency_conflict") << n;
    } else {
      EXPECT_TRUE(outcome) << n;
    }
  }
  EXPECT_EQ(looks, 1);
  EXPECT_EQ(lane.stats().bisections, 0);
}

}  // namespace
}  // namespace shopflow::db
