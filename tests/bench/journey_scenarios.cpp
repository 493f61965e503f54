#include <fmt/format.h>

#include "bench/reference.hpp"
#include "bench/scenarios.hpp"
#include "bench/shoppers.hpp"

namespace shopflow::bench {
namespace {

constexpr std::size_t kSkus = 1000;

Figures travel(Stand& stand, std::size_t shoppers) {
  stand.settle();
  Crowd crowd;
  for (std::size_t i = 0; i < shoppers; ++i)
    crowd.push_back(std::make_unique<Traveller>(stand.catalogue(), stand.admin_key(), i));
  return measure(stand, crowd);
}

}  // namespace

std::vector<Row> journey(Bench& bench) {
  Stand stand{bench.options, kSkus};
  OrdinaryShop ordinary{stand};
  std::vector<Figures> many;
  const auto compared = alternate(bench.options, bench.progress,
                                  {.ours =
                                       [&] {
                                         many.push_back(travel(stand, 256));
                                         return travel(stand, 64);
                                       },
                                   .reference = [&] { return ordinary.best("checkout.sql", kSkus).rate; }});
  stand.audit();
  Row few_row;
  few_row.id = "6";
  few_row.name = "whole journey (cart, add, checkout, pay), 64 shoppers";
  few_row.ours = compared.ours;
  few_row.value = compared.ours.rate;
  few_row.reference_name = "pgbench, naive checkout";
  few_row.reference = compared.reference;
  few_row.goal = 1.5;
  auto many_row = few_row;
  many_row.id = "6a";
  many_row.name = "whole journey (cart, add, checkout, pay), 256 shoppers";
  many_row.ours = median(many);
  many_row.value = many_row.ours.rate;
  return {few_row, many_row};
}

}  // namespace shopflow::bench
