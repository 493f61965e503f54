#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "bench/history.hpp"
#include "bench/log_watch.hpp"
#include "bench/process_time.hpp"
#include "bench/reference.hpp"
#include "bench/rounds.hpp"
#include "bench/scenarios.hpp"

namespace shopflow::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return Seconds{Clock::now() - start}.count(); }

/// A server is started onto a backlog, and the time runs from when it is there to when all handlers are
/// through.
Figures catch_up(Stand& stand, History& history, std::size_t events, double& resident_mb) {
  stand.stop();
  history.add_orders(events / 2);
  (void)stand.database().sql("CHECKPOINT");
  stand.start();
  LogWatch watch{stand};
  const auto before = stand.cpu();
  const auto started = Clock::now();
  const auto first = watch.look();
  auto last = first;
  while (last.done < last.head) last = watch.look(Seconds{0.005});
  const auto count = static_cast<double>(last.done - first.done);
  const auto after = stand.cpu();
  resident_mb = std::max(resident_mb, resident_mb_max(stand.server().pid()));
  return {.rate = count / seconds_since(started),
          .server_us = (after.server - before.server) / count * 1e6,
          .database_us = (after.database - before.database) / count * 1e6};
}

}  // namespace

std::vector<Row> handle_backlog(Bench& bench) {
  Stand stand{bench.options, Stand::kArticles};
  OrdinaryShop ordinary{stand};
  History history{stand};
  const auto events = bench.options.events;
  double resident_mb = 0;
  const auto compared =
      alternate(bench.options, bench.progress,
                {.ours = [&] { return catch_up(stand, history, events, resident_mb); },
                 .reference = [&] { return ordinary.best("checkout.sql", Stand::kArticles).rates(); }});
  stand.audit();
  auto row = compared.row("pgbench, naive checkout");
  row.name = fmt::format("events: a backlog of {} through all handlers", grouped(events));
  row.note = fmt::format("at most {:.0f} MB resident", resident_mb);
  row.goal = 20;
  return {row};
}

std::vector<Row> follow_orders(Bench& bench) {
  const auto& options = bench.options;
  Stand stand{options, Stand::kArticles};
  std::vector<Figures> rounds;
  for (int round = 1; round <= options.rounds; ++round) {
    bench.progress.say(fmt::format("round {} of {}", round, options.rounds));
    stand.settle();
    auto full = travellers(stand, 64);
    const auto best = measure(stand, full).rate;
    stand.settle();
    auto half = travellers(stand, 64);
    LagMeter meter{stand};
    const auto load = run_load({.server = stand.address(),
                                .threads = options.threads,
                                .warm_up = options.warm_up,
                                .measured = options.measured,
                                .units_per_second = best / 2},
                               half);
    const auto lag = meter.finish();
    rounds.push_back({.rate = load.rate,
                      .p50_ms = milliseconds(lag, 0.5),
                      .p99_ms = milliseconds(lag, 0.99),
                      .p999_ms = milliseconds(lag, 0.999),
                      .generator = load.busiest});
  }
  stand.audit();
  Row row;
  row.ours = median(rounds);
  row.value = row.ours.p99_ms;
  row.unit = " ms";
  row.direction = Goal::at_most;
  row.goal = 50;
  return {row};
}

}  // namespace shopflow::bench
