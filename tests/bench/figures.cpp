#include "bench/figures.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace shopflow::bench {

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

namespace {

/// From here on a load generator itself may be what sets the rate.
constexpr double kBusy = 0.9;

void note(Row& row, const std::string& what) { row.note += (row.note.empty() ? "" : "; ") + what; }

}  // namespace

Row completed(Row row) {
  if (row.reference_name.empty()) {
    row.ratio = row.value;
  } else {
    row.ratio = row.reference > 0 ? row.value / row.reference : 0;
  }
  if (row.ours.generator > kBusy)
    note(row, fmt::format("the load generator was at its limit ({:.0f} %)", row.ours.generator * 100));
  if (row.reference_generator > kBusy)
    note(row, fmt::format("the reference's load generator was at its limit ({:.0f} %)",
                          row.reference_generator * 100));
  return row;
}

Figures measure(Stand& stand, Crowd& crowd) {
  const auto& options = stand.options();
  CpuTimes before;
  CpuTimes after;
  LoadPlan plan{.server = stand.address(),
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
  std::vector<double> values;
  std::vector<double> generators;
  for (int round = 1; round <= options.rounds; ++round) {
    const auto where = fmt::format("round {} of {}", round, options.rounds);
    progress.say(where + ", the reference");
    const auto reference = rounds.reference();
    values.push_back(reference.value);
    generators.push_back(reference.generator);
    progress.say(fmt::format("{}, the reference {:.4g}, now ShopFlow", where, reference.value));
    ours.push_back(rounds.ours());
    progress.say(
        fmt::format("{}, the reference {:.4g}, ShopFlow {:.0f}", where, reference.value, ours.back().rate));
  }
  return {median(ours), {median(std::move(values)), median(std::move(generators))}};
}

Row Compared::row(std::string reference_name) const {
  Row row;
  row.ours = ours;
  row.value = ours.rate;
  row.reference_name = std::move(reference_name);
  row.reference = reference.value;
  row.reference_generator = reference.generator;
  return row;
}

}  // namespace shopflow::bench
