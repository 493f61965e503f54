#include <fmt/format.h>

#include <future>

#include "bench/rounds.hpp"
#include "bench/scenarios.hpp"

namespace shopflow::bench {
namespace {

// Guesses, for the carts of the first round.
constexpr double kFirstHolds = 60'000;
constexpr double kFirstOrders = 20'000;
constexpr std::size_t kCalm = 16;   // shoppers of other SKUs
constexpr std::size_t kSale = 256;  // shoppers of the one SKU
constexpr double kOffered = 3;      // of what is done at best
constexpr double kNearly = 0.95;    // of what was to be offered
constexpr double kRefusalMs = 100;  // until a refusal has to be there

LoadPlan plan_of(Stand& stand) {
  const auto& options = stand.options();
  return {.server = stand.address(),
          .threads = options.threads,
          .warm_up = options.warm_up,
          .measured = options.measured};
}

Figures figures_of(const LoadResult& load) {
  return {.rate = load.rate,
          .p50_ms = milliseconds(load.latency, 0.5),
          .p99_ms = milliseconds(load.latency, 0.99),
          .p999_ms = milliseconds(load.latency, 0.999),
          .generator = load.busiest};
}

/// Others' holds while a crowd is after one SKU.
Figures hold_beside_sale(Stand& stand, const Catalogue& hot, const Catalogue& others, CartNeed& need,
                         CartNeed& sale_need) {
  CartPool pool;
  CartPool sale_pool;
  stand.make_carts(pool, need.carts(stand.options()), false);
  stand.make_carts(sale_pool, sale_need.carts(stand.options()), false);
  stand.settle();
  auto crowd = holders(pool, others, kCalm);
  auto sale_crowd = holders(sale_pool, hot, kSale);
  auto plan = plan_of(stand);
  plan.threads = 1;
  auto sale = std::async(std::launch::async, [&] { return run_load(plan, sale_crowd); });
  const auto load = run_load(plan, crowd);
  sale_need.learn(sale.get().rate);
  return figures_of(load);
}

struct Rush {
  Figures accepted;
  double refused_per_second = 0;
  double refusal_p99_ms = 0;
};

Rush overload(Stand& stand, double offered, CartNeed& need) {
  const auto shoppers = stand.options().rush;
  CartPool pool;
  stand.make_carts(pool, need.carts(stand.options()) + shoppers, true);
  stand.settle();
  std::vector<std::unique_ptr<Refusals>> refusals;
  Crowd crowd;
  for (std::size_t i = 0; i < shoppers; ++i) {
    // A thread of the generator serves every so-manieth shopper, so these share what they note.
    const auto thread = i % static_cast<std::size_t>(stand.options().threads);
    if (thread == refusals.size()) refusals.push_back(std::make_unique<Refusals>());
    crowd.push_back(std::make_unique<Buyer>(pool, stand.catalogue(), refusals[thread].get()));
  }
  auto plan = plan_of(stand);
  plan.warm_up *= 2;  // in which so many have to connect
  plan.units_per_second = offered;
  const auto load = run_load(plan, crowd);
  simulate::LatencyHistogram latency;
  for (const auto& one : refusals) latency.merge(one->latency);
  const auto seconds = load.seconds + plan.warm_up.count();
  return {figures_of(load), static_cast<double>(latency.count()) / seconds, milliseconds(latency, 0.99)};
}

}  // namespace

std::vector<Row> stay_fair(Bench& bench) {
  Stand stand{bench.options, Stand::kArticles};
  const auto& all = stand.catalogue();
  const Catalogue hot{all.begin(), all.begin() + 1};
  const Catalogue others{all.begin() + 1, all.end()};
  CartNeed need{kFirstHolds / 2, Holder::kHoldsPerCart};
  CartNeed sale_need{kFirstHolds, Holder::kHoldsPerCart};
  const auto compared =
      alternate(bench.options, bench.progress,
                {.ours = [&] { return hold_beside_sale(stand, hot, others, need, sale_need); },
                 .reference =
                     [&] {
                       const auto calm = hold(stand, others, kCalm, need);
                       return Reference{calm.p99_ms, calm.generator};
                     }});
  stand.audit();
  auto row = compared.row("p99 without the sale");
  row.value = compared.ours.p99_ms;
  row.unit = " ms";
  row.direction = Goal::at_most;
  row.goal = 3;
  return {row};
}

std::vector<Row> refuse_quickly(Bench& bench) {
  Stand stand{bench.options, Stand::kArticles};
  CartNeed need{kFirstOrders, 1};
  double best = 0;
  std::vector<double> refused;
  std::vector<double> refusals;
  const auto compared = alternate(bench.options, bench.progress,
                                  {.ours =
                                       [&] {
                                         const auto rush = overload(stand, best * kOffered, need);
                                         refused.push_back(rush.refused_per_second);
                                         refusals.push_back(rush.refusal_p99_ms);
                                         return rush.accepted;
                                       },
                                   .reference =
                                       [&] {
                                         const auto calm = buy(stand, kSale, need);
                                         best = calm.rate;
                                         return Reference{calm.rate, calm.generator};
                                       }});
  stand.audit();
  auto row = compared.row("rate without overload");
  row.name = fmt::format("three times the orders it can take, {} shoppers", grouped(bench.options.rush));
  row.goal = 0.9;
  const auto refusal_ms = median(refusals);
  const auto offered = (compared.ours.rate + median(refused)) / compared.reference.value;
  row.note = fmt::format("offered {:.1f} x, {} /s answered 503 in {:.1f} ms (p99)", offered,
                         grouped(static_cast<std::size_t>(median(refused))), refusal_ms);
  if (offered < kOffered * kNearly) row.note += fmt::format(", which is no overload of {:.0f} x", kOffered);
  row.spoilt = refusal_ms >= kRefusalMs || median(refused) == 0 || offered < kOffered * kNearly;
  return {row};
}

}  // namespace shopflow::bench
