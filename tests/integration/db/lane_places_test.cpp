#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <mutex>

#include "integration/db/lane_fixture.hpp"
#include "support/latch.hpp"

/// Where commands wait, and what happens when there is no place.
namespace shopflow::db {
namespace {

/// Goes on when it is released; those behind it do not wait.
struct FirstBatch {
  testing::Latch started{1};
  testing::Latch release{1};
  std::once_flag once;

  void hold_up() {
    std::call_once(once, [this] {
      started.count_down();
      release.wait();
    });
  }
};

TEST_F(LaneTest, TheNextLaneIsCalledInWhenManyWait) {
  auto two = settings();
  two.lanes = 2;
  testing::Latch called_in{1};
  std::atomic<int> entered{0};
  // Whoever comes first waits for somebody else, who has to be another lane.
  Numbers lane{two, inserting([&](Batch<Insert>) {
                 if (entered++ == 0) return called_in.wait();
                 if (entered == 2) called_in.count_down();
               })};
  std::vector<int> numbers;
  for (int n = 100; n < 500; n += 2) numbers.push_back(n);
  submit(lane, numbers);
  EXPECT_EQ(count(), 200);
}

TEST_F(LaneTest, KeysThatAreKeptApartWaitForTheirLaneThoughAnotherHasRoom) {
  auto two = settings();
  two.lanes = 2;
  two.crowd = 1;
  two.keys_apart = true;
  FirstBatch first;
  Numbers lane{two, inserting([&](Batch<Insert>) { first.hold_up(); })};
  const auto later = [&](std::size_t key, int n) -> boost::asio::awaitable<Result<int>> {
    first.started.wait();
    auto pending = lane.submit(key, Insert{n});
    co_return co_await std::move(pending);
  };
  const auto last = [&]() -> boost::asio::awaitable<Result<int>> {
    first.release.count_down();
    co_return 0;
  };
  std::vector<boost::asio::awaitable<Result<int>>> works;
  works.push_back(lane.submit(0, Insert{2}));
  works.push_back(later(1, 4));
  works.push_back(later(2, 6));  // with one under way and one that waits, each lane could be crowded
  works.push_back(last());
  run_all(std::move(works));
  EXPECT_EQ(count(), 3);
  EXPECT_EQ(lane.stats().batches, 2U);
}

TEST_F(LaneTest, RefusesWhatItsQueueCannotHold) {
  auto small = settings();
  small.queue_max = 2;
  FirstBatch first;
  Numbers lane{small, inserting([&](Batch<Insert>) { first.hold_up(); })};
  std::vector<boost::asio::awaitable<Result<int>>> works;
  works.push_back(lane.submit(0, Insert{0}));
  const auto later = [&](int n) -> boost::asio::awaitable<Result<int>> {
    first.started.wait();
    auto pending = lane.submit(0, Insert{n});
    auto outcome = co_await std::move(pending);
    if (!outcome) first.release.count_down();
    co_return outcome;
  };
  for (int n = 2; n <= 6; n += 2) works.push_back(later(n));
  const auto outcomes = run_all(std::move(works));
  EXPECT_EQ(outcomes[2], 4);
  EXPECT_EQ(outcomes[3].error().code, "overloaded");
  EXPECT_TRUE(outcomes[3].error().retry_after);
  EXPECT_EQ(lane.stats().refused, 1U);
}

TEST_F(LaneTest, WithoutAKeyACommandWaitsWhereTheFewestWaitAndIsTurnedAwayWhenAllLanesAreFull) {
  auto two = settings();
  two.lanes = 2;
  two.crowd = 1;
  two.queue_max = 6;
  std::array<testing::Latch, 2> started{testing::Latch{1}, testing::Latch{1}};
  testing::Latch release{1};
  std::atomic<std::size_t> batches{0};
  Numbers lane{two, inserting([&](Batch<Insert>) {
                 const auto place = batches++;
                 if (place >= started.size()) return;
                 started.at(place).count_down();
                 release.wait();
               })};
  std::vector<boost::asio::awaitable<Result<int>>> works;
  const auto submit = [&](int n) -> boost::asio::awaitable<Result<int>> {
    EXPECT_FALSE(lane.turns_away()) << n;
    auto pending = lane.submit(std::nullopt, Insert{n});
    co_return co_await std::move(pending);
  };
  const auto until_busy = [&](std::size_t lanes) -> boost::asio::awaitable<Result<int>> {
    started.at(lanes - 1).wait();
    co_return 0;
  };
  works.push_back(submit(0));
  works.push_back(until_busy(1));
  works.push_back(submit(2));  // makes the first lane a crowd, so that the next one is called in
  works.push_back(submit(4));
  works.push_back(until_busy(2));
  for (int n = 6; n < 16; n += 2) works.push_back(submit(n));
  const auto look = [&]() -> boost::asio::awaitable<Result<int>> {
    EXPECT_TRUE(lane.turns_away());
    auto pending = lane.submit(std::nullopt, Insert{16});
    const auto refused = co_await std::move(pending);
    EXPECT_EQ(refused.error().code, "overloaded");
    co_return 0;
  };
  works.push_back(look());
  // What belongs to something that is there already has places of its own.
  for (int n = 18; n < 24; n += 2) works.push_back(lane.submit(0, Insert{n}));
  const auto release_all = [&]() -> boost::asio::awaitable<Result<int>> {
    release.count_down();
    co_return 0;
  };
  works.push_back(release_all());
  for (const auto& outcome : run_all(std::move(works))) EXPECT_TRUE(outcome);
  EXPECT_EQ(count(), 11);
  EXPECT_EQ(lane.stats().refused, 2U);
  EXPECT_FALSE(lane.turns_away());
}

TEST_F(LaneTest, WithoutAKeyACommandGoesWhereThereIsRoomHoweverFewPlacesThereAre) {
  auto two = settings();
  two.lanes = 2;
  two.queue_max = 2;  // one of them for what has no key, which is less than a crowd
  testing::Latch started{1};
  testing::Latch release{1};
  std::atomic<int> batches{0};
  Numbers lane{two, inserting([&](Batch<Insert>) {
                 if (batches++ > 0) return;
                 started.count_down();
                 release.wait();
               })};
  std::vector<boost::asio::awaitable<Result<int>>> works;
  works.push_back(lane.submit(std::nullopt, Insert{0}));
  const auto later = [&](int n) -> boost::asio::awaitable<Result<int>> {
    started.wait();
    auto pending = lane.submit(std::nullopt, Insert{n});
    auto outcome = co_await std::move(pending);
    if (n == 4) release.count_down();  // has been done while the first lane is still at its work
    co_return outcome;
  };
  for (int n = 2; n <= 4; n += 2) works.push_back(later(n));
  for (const auto& outcome : run_all(std::move(works))) EXPECT_TRUE(outcome);
  EXPECT_EQ(count(), 3);
  EXPECT_EQ(lane.stats().refused, 0U);
}

}  // namespace
}  // namespace shopflow::db
