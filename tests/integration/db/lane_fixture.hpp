#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "shopflow/db/lane.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/run.hpp"
#include "support/test_database.hpp"

namespace shopflow::db {

using shopflow::testing::run_all;
using shopflow::testing::TestDatabase;

inline const Statement kInsert{
    "lane_test.insert",
    "INSERT INTO numbers (n, place) SELECT u.n, u.place FROM unnest($1::int4[]) WITH ORDINALITY "
    "AS u (n, place)"};
inline const Statement kFind{"lane_test.find", "SELECT count(*) FROM numbers WHERE n = ANY ($1::int4[])"};

struct Insert {
  int n = 0;
};
using Numbers = Lane<Insert, int>;
inline constexpr ErrorCode kOdd{"odd", ErrorKind::unprocessable, "The number is odd."};

inline IntArray numbers_of(Batch<Insert> batch) {
  IntArray numbers;
  for (const auto* command : batch) numbers.push(command->n);
  return numbers;
}

class LaneTest : public ::testing::Test {
 protected:
  LaneTest() { database.sql("CREATE TABLE numbers (n integer PRIMARY KEY CHECK (n <> 13), place bigint)"); }

  LaneSettings settings() {
    return {
        .name = "numbers", .connection = database.settings(), .lanes = 1, .batch_max = 64, .queue_max = 1000};
  }

  /// Inserts the numbers of the batch; before that, `before` may look at it.
  Numbers::Work inserting(std::function<void(Batch<Insert>)> before = {}) {
    return [before](Transaction& tx, Batch<Insert> batch) {
      if (before) before(batch);
      tx.exec(kInsert, numbers_of(batch));
      std::vector<Result<int>> outcomes;
      for (const auto* command : batch) {
        if (command->n % 2 == 1) {
          outcomes.emplace_back(fail(kOdd));
        } else {
          outcomes.emplace_back(command->n);
        }
      }
      return outcomes;
    };
  }

  std::vector<Result<int>> submit(Numbers& lane, const std::vector<int>& numbers) {
    std::vector<boost::asio::awaitable<Result<int>>> works;
    for (const int n : numbers) works.push_back(lane.submit(0, Insert{n}));
    return run_all(std::move(works));
  }

  std::int64_t count() { return database.number("SELECT count(*) FROM numbers"); }
  TestDatabase database;
};

}  // namespace shopflow::db
