#include "bench/figures.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace shopflow::bench {

std::string grouped(std::size_t number) {
  auto digits = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3)
    digits.insert(static_cast<std::size_t>(i), ",");
  return digits;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Figures median(const std::vector<Figures>& rounds) {
  Figures result;
  for (const auto member : {&Figures::rate, &Figures::p50_ms, &Figures::p99_ms, &Figures::p999_ms,
                            &Figures::server_us, &Figures::database_us, &Figures::generator}) {
    std::vector<double> values;
    for (const auto& round : rounds) values.push_back(round.*member);
    result.*member = median(std::move(values));
  }
  return result;
}

Figures measure(Stand& stand, Crowd& crowd) {
  const auto& options = stand.options();
  CpuTimes before;
  CpuTimes after;
  LoadPlan plan{.port = stand.server().port(),
                .threads = options.threads,
                .warm_up = options.warm_up,
                .measured = options.measured};
  plan.at_begin = [&] { before = stand.cpu(); };
  plan.at_end = [&] { after = stand.cpu(); };
  const auto load = run_load(plan, crowd);
  const auto units = static_cast<double>(load.latency.count());
  if (units == 0) {
    // A quick run is over in a moment, which a busy machine may not give it.
    if (options.quick) return {};
    throw std::runtime_error{"nothing was done in the measured time"};
  }
  return {.rate = load.rate,
          .p50_ms = milliseconds(load.latency, 0.5),
          .p99_ms = milliseconds(load.latency, 0.99),
          .p999_ms = milliseconds(load.latency, 0.999),
          .server_us = (after.server - before.server) / units * 1e6,
          .database_us = (after.database - before.database) / units * 1e6,
          .generator = load.busiest};
}

Progress::Progress() : live_{::isatty(STDERR_FILENO) == 1} {}

Progress::~Progress() {
  if (live_) fmt::print(stderr, "\r\033[K");
}

void Progress::say(const std::string& text) {
  if (live_) {
    fmt::print(stderr, "\r\033[K{}: {}", title_, text);
  } else {
    fmt::print(stderr, "{}: {}\n", title_, text);
  }
  std::fflush(stderr);
}

Compared alternate(const Options& options, Progress& progress, const Rounds& rounds) {
  std::vector<Figures> ours;
  std::vector<double> references;
  for (int round = 1; round <= options.rounds; ++round) {
    const auto where = fmt::format("round {} of {}", round, options.rounds);
    progress.say(where + ", the reference");
    references.push_back(rounds.reference());
    progress.say(fmt::format("{}, the reference {:.0f}, now ShopFlow", where, references.back()));
    ours.push_back(rounds.ours());
    progress.say(
        fmt::format("{}, the reference {:.0f}, ShopFlow {:.0f}", where, references.back(), ours.back().rate));
  }
  return {median(ours), median(std::move(references))};
}

}  // namespace shopflow::bench
