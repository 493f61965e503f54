#include "bench/reference.hpp"
#include "bench/rounds.hpp"
#include "bench/scenarios.hpp"

namespace shopflow::bench {
namespace {

constexpr auto kSkus = Stand::kArticles;

struct Holds {
  std::size_t articles;
  std::size_t shoppers;
  double first_rate;  // a guess, for the carts of the first round
};

Row hold_row(Bench& bench, const Holds& holds, std::string reference_name,
             const std::function<Reference(OrdinaryShop&)>& reference) {
  Stand stand{bench.options, Stand::kArticles};
  OrdinaryShop ordinary{stand};
  CartNeed need{holds.first_rate, Holder::kHoldsPerCart};
  const auto& all = stand.catalogue();
  const Catalogue articles{all.begin(), all.begin() + static_cast<std::ptrdiff_t>(holds.articles)};
  const auto compared = alternate(bench.options, bench.progress,
                                  {.ours = [&] { return hold(stand, articles, holds.shoppers, need); },
                                   .reference = [&] { return reference(ordinary); }});
  stand.audit();
  return compared.row(std::move(reference_name));
}

}  // namespace

std::vector<Row> hold_spread(Bench& bench) {
  auto row = hold_row(bench, {Stand::kArticles, 256, 60'000}, "pgbench, naive hold",
                      [](OrdinaryShop& shop) { return shop.best("hold.sql", kSkus).rates(); });
  row.goal = 6;
  return {row};
}

std::vector<Row> hold_hot(Bench& bench) {
  auto row = hold_row(bench, {1, 256, 80'000}, "pgbench, naive hold, one row",
                      [](OrdinaryShop& shop) { return shop.best("hold.sql", 1).rates(); });
  row.goal = 40;
  return {row};
}

std::vector<Row> hold_sixteen(Bench& bench) {
  auto row = hold_row(bench, {Stand::kArticles, 16, 30'000}, "pgbench, one function, 16 clients",
                      [](OrdinaryShop& shop) { return shop.run("hold_function.sql", 16, kSkus).rates(); });
  row.goal = 1;
  return {row};
}

std::vector<Row> hold_alone(Bench& bench) {
  auto row = hold_row(bench, {Stand::kArticles, 1, 3'000}, "pgbench, one statement, p50",
                      [](OrdinaryShop& shop) { return shop.run("hold_statement.sql", 1, kSkus).times(); });
  row.value = row.ours.p50_ms;
  row.unit = " ms";
  row.direction = Goal::at_most;
  row.goal = 2;
  return {row};
}

std::vector<Row> check_out(Bench& bench) {
  Stand stand{bench.options, Stand::kArticles};
  OrdinaryShop ordinary{stand};
  CartNeed need{20'000, 1};
  const auto compared =
      alternate(bench.options, bench.progress,
                {.ours = [&] { return buy(stand, 256, need); },
                 .reference = [&] { return ordinary.best("checkout.sql", kSkus).rates(); }});
  stand.audit();
  auto row = compared.row("pgbench, naive checkout");
  row.goal = 6;
  return {row};
}

std::vector<Row> journey(Bench& bench) {
  Stand stand{bench.options, Stand::kArticles};
  OrdinaryShop ordinary{stand};
  std::vector<Figures> many;
  const auto compared =
      alternate(bench.options, bench.progress,
                {.ours =
                     [&] {
                       many.push_back(travel(stand, 256));
                       return travel(stand, 64);
                     },
                 .reference = [&] { return ordinary.best("checkout.sql", kSkus).rates(); }});
  stand.audit();
  auto few_row = compared.row("pgbench, naive checkout");
  few_row.id = "6";
  few_row.name = "whole journey (cart, add, checkout, pay), 64 shoppers";
  few_row.goal = 1.5;
  auto many_row = few_row;
  many_row.id = "6a";
  many_row.name = "whole journey (cart, add, checkout, pay), 256 shoppers";
  many_row.ours = median(many);
  many_row.value = many_row.ours.rate;
  return {few_row, many_row};
}

std::vector<Row> journey_row_for_row(Bench& bench) {
  Stand stand{bench.options, Stand::kArticles};
  OrdinaryShop ordinary{stand};
  const auto compared = alternate(bench.options, bench.progress,
                                  {.ours = [&] { return travel(stand, 256); },
                                   .reference = [&] { return ordinary.best("journey.sql", kSkus).rates(); }});
  stand.audit();
  auto row = compared.row("pgbench, naive journey, row for row");
  row.goal = 3;
  return {row};
}

}  // namespace shopflow::bench
