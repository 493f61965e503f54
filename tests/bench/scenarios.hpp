#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/figures.hpp"

namespace shopflow::bench {

/// What a scenario is given.
struct Bench {
  const Options& options;
  Progress& progress;
};

struct Scenario {
  std::string id;
  std::string title;
  /// Ends with an audit, which throws VoidRun.
  std::function<std::vector<Row>(Bench&)> run;
};

/// All scenarios, in their order.
[[nodiscard]] std::vector<Scenario> scenarios();

std::vector<Row> read_stock(Bench& bench);
std::vector<Row> read_pages(Bench& bench);
std::vector<Row> hold_spread(Bench& bench);
std::vector<Row> hold_hot(Bench& bench);
std::vector<Row> hold_sixteen(Bench& bench);
std::vector<Row> hold_alone(Bench& bench);
std::vector<Row> check_out(Bench& bench);
std::vector<Row> journey(Bench& bench);
std::vector<Row> journey_row_for_row(Bench& bench);
std::vector<Row> handle_backlog(Bench& bench);
std::vector<Row> follow_orders(Bench& bench);
std::vector<Row> start_up(Bench& bench);
std::vector<Row> stay_small(Bench& bench);
std::vector<Row> stay_fair(Bench& bench);
std::vector<Row> refuse_quickly(Bench& bench);

}  // namespace shopflow::bench
