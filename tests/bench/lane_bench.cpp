// What sharing a transaction saves: commands of one row each, so many at once. Needs the PostgreSQL of `./dev
// services`.
#include <benchmark/benchmark.h>

#include "shopflow/db/lane.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/run.hpp"
#include "support/test_database.hpp"

namespace {

using namespace shopflow;

const db::Statement kInsert{"lane_bench.insert",
                            "INSERT INTO numbers (n) SELECT n FROM unnest($1::int4[]) AS n"};

struct Insert {
  int n = 0;
};
using Numbers = db::Lane<Insert, int>;

std::vector<Result<int>> insert(db::Transaction& tx, db::Batch<Insert> batch) {
  db::IntArray numbers;
  std::vector<Result<int>> outcomes;
  for (const auto* command : batch) {
    numbers.push(command->n);
    outcomes.emplace_back(command->n);
  }
  tx.exec(kInsert, numbers);
  return outcomes;
}

void CommandsAtOnce(benchmark::State& state) {
  const testing::TestDatabase database;
  database.sql("CREATE TABLE numbers (n integer)");
  Numbers lane{{.name = "numbers", .connection = database.settings(), .lanes = 1}, insert};
  for (auto _ : state) {
    std::vector<boost::asio::awaitable<Result<int>>> works;
    for (int i = 0; i < state.range(0); ++i) works.push_back(lane.submit(0, Insert{i}));
    const auto outcomes = testing::run_all(std::move(works));
    if (!outcomes.back()) state.SkipWithError("a command failed");
  }
  lane.stop();
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(CommandsAtOnce)->Arg(1)->Arg(16)->Arg(256)->Arg(1024)->UseRealTime();

}  // namespace
