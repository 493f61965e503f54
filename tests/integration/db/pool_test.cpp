#include "shopflow/db/pool.hpp"

#include <gtest/gtest.h>

#include <boost/asio/this_coro.hpp>
#include <stdexcept>
#include <thread>

#include "shopflow/db/error.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/latch.hpp"
#include "support/run.hpp"
#include "support/test_database.hpp"

namespace shopflow::db {
namespace {

using shopflow::testing::run;
using shopflow::testing::run_all;
using shopflow::testing::TestDatabase;

const Statement kInsert{"pool_test.insert", "INSERT INTO numbers (n) VALUES ($1)"};
const Statement kCount{"pool_test.count", "SELECT count(*) FROM numbers"};
const Statement kArrays{"pool_test.arrays", R"(
SELECT a, b, c, d, e, f, g, h
FROM unnest($1::uuid[], $2::int2[], $3::int4[], $4::int8[], $5::bool[], $6::text[], $7::bytea[], $8::timestamptz[])
     AS r (a, b, c, d, e, f, g, h)
)"};
const Statement kSlices{"pool_test.slices", R"(
SELECT ($3::uuid[])[r.first:r.last], ($4::timestamptz[])[r.first:r.last], ($5::bool[])[r.first:r.last]
FROM unnest($1::int4[], $2::int4[]) WITH ORDINALITY AS r (first, last, place) ORDER BY r.place
)"};
const Statement kScalars{
    "pool_test.scalars",
    "SELECT $1::uuid, $2::bigint, $3::boolean, $4::text, $5::bytea, $6::timestamptz, $7::text, "
    "$8::text[]"};

class PoolTest : public ::testing::Test {
 protected:
  PoolTest() { database.sql("CREATE TABLE numbers (n integer PRIMARY KEY)"); }
  PoolSettings settings(std::size_t connections, std::size_t queue_max = 16) {
    return {.connection = database.settings(), .connections = connections, .queue_max = queue_max};
  }
  TestDatabase database;
};

boost::asio::awaitable<std::string> outcome_of(Pool& pool, std::function<void(Transaction&)> work) {
  try {
    co_await pool.transact(std::move(work));
  } catch (const Overloaded&) {
    co_return "overloaded";
  } catch (const SqlError& error) {
    co_return error.sqlstate();
  } catch (const std::exception& error) {
    co_return error.what();
  }
  co_return "done";
}

TEST_F(PoolTest, GivesTheValueOfTheWork) {
  Pool pool{settings(1)};
  run(pool.transact([](Transaction& tx) { tx.exec(kInsert, 1); }));
  EXPECT_EQ(run(pool.read([](Transaction& tx) { return tx.exec(kCount)[0].next<int>(); })), 1);
}

TEST_F(PoolTest, WithoutConnectionsThereIsNone) { EXPECT_THROW(Pool{settings(0)}, std::invalid_argument); }

TEST_F(PoolTest, ExceptionsCrossToTheCaller) {
  Pool pool{settings(1)};
  EXPECT_EQ(run(outcome_of(pool, [](Transaction&) { throw std::runtime_error{"no"}; })), "no");
  const auto twice = [](Transaction& tx) {
    tx.exec(kInsert, 1);
    tx.exec(kInsert, 1);
  };
  EXPECT_EQ(run(outcome_of(pool, twice)), "23505");
}

TEST_F(PoolTest, RefusesWhatItsQueueCannotHoldAndServesTheRest) {
  Pool pool{settings(1, 2)};
  testing::Latch started{1};
  testing::Latch release{1};
  std::vector<boost::asio::awaitable<std::string>> works;
  const auto first = [&](Transaction&) {
    started.count_down();
    release.wait();
  };
  works.push_back(outcome_of(pool, first));
  const auto later = [&]() -> boost::asio::awaitable<std::string> {
    // The queue is counted only once the first job has left it.
    started.wait();
    auto pending = outcome_of(pool, [](Transaction&) {});
    auto outcome = co_await std::move(pending);
    co_return outcome;
  };
  for (int i = 0; i < 3; ++i) works.push_back(later());
  const auto last = [&]() -> boost::asio::awaitable<std::string> {
    auto pending = outcome_of(pool, [](Transaction&) {});
    auto outcome = co_await std::move(pending);
    release.count_down();
    co_return outcome;
  };
  works.push_back(last());
  const auto outcomes = run_all(std::move(works));
  EXPECT_EQ(outcomes, (std::vector<std::string>{"done", "done", "done", "overloaded", "overloaded"}));
  EXPECT_EQ(pool.stats().refused, 2U);
}

boost::asio::awaitable<bool> same_thread_after(Pool& pool) {
  const auto before = std::this_thread::get_id();
  auto pending = pool.read([](Transaction&) { return std::this_thread::get_id(); });
  const auto job = co_await std::move(pending);
  co_return before == std::this_thread::get_id() && job != before;
}

TEST_F(PoolTest, RunsOnItsOwnThreadAndResumesOnTheCallersExecutor) {
  Pool pool{settings(1)};
  EXPECT_TRUE(run(same_thread_after(pool)));
}

TEST_F(PoolTest, FinishesWhatWaitsWhenItStopsAndRefusesWhatComesLater) {
  Pool pool{settings(2)};
  std::vector<boost::asio::awaitable<std::string>> works;
  for (int i = 0; i < 8; ++i) {
    works.push_back(outcome_of(pool, [i](Transaction& tx) { tx.exec(kInsert, i); }));
  }
  const auto stop = [&]() -> boost::asio::awaitable<std::string> {
    pool.stop();
    auto pending = outcome_of(pool, [](Transaction&) {});
    auto outcome = co_await std::move(pending);
    co_return outcome;
  };
  works.push_back(stop());
  const auto outcomes = run_all(std::move(works));
  EXPECT_EQ(std::ranges::count(outcomes, "done"), 8);
  EXPECT_EQ(outcomes.back(), "the server is stopping");
  EXPECT_EQ(database.number("SELECT count(*) FROM numbers"), 8);
}

TEST_F(PoolTest, EveryKindOfArrayArrivesAsItWasFilled) {
  Pool pool{settings(1)};
  const Uuid id = make_uuid7(SystemClock{}.now());
  const auto at = *parse_rfc3339("2026-11-21T08:15:30.123456Z");
  run(pool.read([&](Transaction& tx) {
    UuidArray a;
    SmallIntArray b;
    IntArray c;
    BigIntArray d;
    BoolArray e;
    TextArray f;
    ByteaArray g;
    TimestampArray h;
    a.push(id);
    b.push(-3);
    c.push(70'000);
    d.push(std::int64_t{5'000'000'000});
    e.push(true);
    f.push("ä'\"\\,{}");
    g.push(std::string_view{"\0\xff", 2});
    h.push(at);
    auto row = tx.exec(kArrays, a, b, c, d, e, f, g, h)[0];
    EXPECT_EQ(row.next<Uuid>(), id);
    EXPECT_EQ(row.next<int>(), -3);
    EXPECT_EQ(row.next<int>(), 70'000);
    EXPECT_EQ(row.next<std::int64_t>(), 5'000'000'000);
    EXPECT_TRUE(row.next<bool>());
    EXPECT_EQ(row.next<std::string>(), "ä'\"\\,{}");
    EXPECT_EQ(row.next<Bytes>().value, (std::string{"\0\xff", 2}));
    EXPECT_EQ(row.next<Timestamp>(), at);
    EXPECT_TRUE(tx.exec(kArrays, UuidArray{}, SmallIntArray{}, IntArray{}, BigIntArray{}, BoolArray{},
                        TextArray{}, ByteaArray{}, TimestampArray{})
                    .empty());
  }));
}

TEST_F(PoolTest, EveryRowGetsItsOwnSliceOfAFlatArray) {
  Pool pool{settings(1)};
  const auto send = [&pool](const std::vector<std::size_t>& counts) {
    Slices slices;
    UuidArray ids;
    TimestampArray times;
    BoolArray flags;
    std::vector<std::vector<Uuid>> expected_ids;
    std::vector<std::vector<Timestamp>> expected_times;
    for (const auto count : counts) {
      slices.push(count);
      auto& row_ids = expected_ids.emplace_back();
      auto& row_times = expected_times.emplace_back();
      for (std::size_t i = 0; i < count; ++i) {
        ids.push(row_ids.emplace_back(OrderId::make(SystemClock{}.now()).value));
        times.push(row_times.emplace_back(SystemClock{}.now()));
        flags.push(i == 0);
      }
    }
    run(pool.read([&](Transaction& tx) {
      const auto rows = tx.exec(kSlices, slices.first, slices.last, ids, times, flags);
      ASSERT_EQ(rows.size(), counts.size());
      for (std::size_t i = 0; i < rows.size(); ++i) {
        auto row = rows[i];
        EXPECT_EQ(row.next<std::vector<Uuid>>(), expected_ids[i]);
        EXPECT_EQ(row.next<std::vector<Timestamp>>(), expected_times[i]);
        EXPECT_EQ(row.next<std::vector<bool>>().size(), counts[i]);
      }
    }));
  };
  send({0, 3, 0, 0, 1, 200, 0});
  send({1});
  send({0, 0});
}

TEST_F(PoolTest, EveryKindOfValueArrivesAsItWasGiven) {
  Pool pool{settings(1)};
  const auto order = OrderId::make(SystemClock{}.now());
  const auto at = *parse_rfc3339("2026-11-21T08:15:30.000001Z");
  const auto tags = array_literal(std::vector<std::string>{"a,b", ""});
  run(pool.read([&](Transaction& tx) {
    auto row = tx.exec(kScalars, order, std::int64_t{-7}, false, "text", Bytes{std::string{"\0x", 2}}, at,
                       std::optional<std::string>{}, tags)[0];
    EXPECT_EQ(row.next<OrderId>(), order);
    EXPECT_EQ(row.next<std::int64_t>(), -7);
    EXPECT_FALSE(row.next<bool>());
    EXPECT_EQ(row.next<std::string>(), "text");
    EXPECT_EQ(row.next<Bytes>().value, (std::string{"\0x", 2}));
    EXPECT_EQ(row.next<Timestamp>(), at);
    EXPECT_EQ(row.next<std::optional<std::string>>(), std::nullopt);
    EXPECT_EQ(row.next<std::vector<std::string>>(), (std::vector<std::string>{"a,b", ""}));
  }));
}

}  // namespace
}  // namespace shopflow::db
