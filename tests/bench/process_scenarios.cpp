#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "bench/process_time.hpp"
#include "bench/rounds.hpp"
#include "bench/scenarios.hpp"

namespace shopflow::bench {
namespace {

using Clock = std::chrono::steady_clock;
/// What a process that neither grows nor shrinks may still vary by, as a share.
constexpr double kFlat = 0.1;

/// From the start of the process to the first answer that says it is ready.
double start_seconds(Stand& stand) {
  stand.stop();
  const auto begin = Clock::now();
  stand.start();
  auto client = stand.server().client();
  while (client.get("/readyz").status != 200) {
  }
  return Seconds{Clock::now() - begin}.count();
}

}  // namespace

std::vector<Row> start_up(Bench& bench) {
  Stand stand{bench.options, Stand::kArticles};
  std::vector<double> times;
  for (int round = 0; round < bench.options.rounds; ++round) times.push_back(start_seconds(stand));
  stand.audit();
  Row row;
  row.value = median(times);
  row.unit = " s";
  row.direction = Goal::at_most;
  row.goal = 0.5;
  return {row};
}

std::vector<Row> stay_small(Bench& bench) {
  Stand stand{bench.options, Stand::kArticles};
  const std::vector<double> seconds =
      bench.options.quick ? std::vector{0.5, 0.5, 0.5} : std::vector{60., 240., 300.};
  std::vector<double> sizes;
  std::vector<Figures> rounds;
  for (const auto span : seconds) {
    bench.progress.say(fmt::format("{:.0f} s of journeys", span));
    auto crowd = travellers(stand, 64);
    const auto load = run_load(
        {.server = stand.address(), .threads = bench.options.threads, .measured = Seconds{span}}, crowd);
    sizes.push_back(resident_mb(stand.server().pid()));
    rounds.push_back({.rate = load.rate,
                      .p50_ms = milliseconds(load.latency, 0.5),
                      .p99_ms = milliseconds(load.latency, 0.99),
                      .p999_ms = milliseconds(load.latency, 0.999),
                      .generator = load.busiest});
  }
  stand.audit();
  Row row;
  row.ours = median(rounds);
  row.value = std::ranges::max(sizes);
  row.unit = " MB";
  row.direction = Goal::at_most;
  row.goal = 200;
  const bool flat = bench.options.quick || sizes[2] <= sizes[1] * (1 + kFlat);
  row.note =
      fmt::format("{:.0f}, {:.0f}, {:.0f} MB{}", sizes[0], sizes[1], sizes[2], flat ? "" : ": it grows");
  row.spoilt = !flat;
  return {row};
}

}  // namespace shopflow::bench
