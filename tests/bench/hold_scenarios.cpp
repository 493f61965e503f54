#include <fmt/format.h>

#include "bench/reference.hpp"
#include "bench/scenarios.hpp"
#include "bench/shoppers.hpp"

namespace shopflow::bench {
namespace {

/// How many carts a round needs: as many as the last one would have used, and some more.
class CartNeed {
 public:
  CartNeed(double first_rate, double per_cart) : rate_{first_rate}, per_cart_{per_cart} {}
  [[nodiscard]] std::size_t carts(const Options& options) const {
    const auto seconds = (options.warm_up + options.measured).count();
    return static_cast<std::size_t>(rate_ * seconds / per_cart_) + 1000;
  }
  void learn(double rate) { rate_ = rate * 1.4; }

 private:
  double rate_;
  double per_cart_;
};

struct Holds {
  std::size_t articles;
  std::size_t shoppers;
  double first_rate;
};

/// A round of holds: carts are made before it, so that only the holds are measured.
Figures hold(Stand& stand, const Holds& holds, CartNeed& need) {
  CartPool pool;
  stand.make_carts(pool, need.carts(stand.options()), false);
  stand.settle();
  const Catalogue articles{stand.catalogue().begin(),
                           stand.catalogue().begin() + static_cast<std::ptrdiff_t>(holds.articles)};
  Crowd crowd;
  for (std::size_t i = 0; i < holds.shoppers; ++i)
    crowd.push_back(std::make_unique<Holder>(pool, articles, i));
  const auto figures = measure(stand, crowd);
  need.learn(figures.rate);
  return figures;
}

constexpr std::size_t kSkus = 1000;

Row hold_row(Bench& bench, const Holds& holds, std::string reference_name,
             const std::function<double(OrdinaryShop&)>& reference) {
  Stand stand{bench.options, kSkus};
  OrdinaryShop ordinary{stand};
  CartNeed need{holds.first_rate, static_cast<double>(Holder::kHoldsPerCart)};
  const auto compared = alternate(
      bench.options, bench.progress,
      {.ours = [&] { return hold(stand, holds, need); }, .reference = [&] { return reference(ordinary); }});
  stand.audit();
  Row row;
  row.ours = compared.ours;
  row.value = compared.ours.rate;
  row.reference_name = std::move(reference_name);
  row.reference = compared.reference;
  return row;
}

}  // namespace

std::vector<Row> hold_spread(Bench& bench) {
  auto row = hold_row(bench, {kSkus, 256, 60'000}, "pgbench, naive hold",
                      [](OrdinaryShop& shop) { return shop.best("hold.sql", kSkus).rate; });
  row.goal = 6;
  return {row};
}

std::vector<Row> hold_hot(Bench& bench) {
  auto row = hold_row(bench, {1, 256, 80'000}, "pgbench, naive hold, one row",
                      [](OrdinaryShop& shop) { return shop.best("hold.sql", 1).rate; });
  row.goal = 40;
  return {row};
}

std::vector<Row> hold_sixteen(Bench& bench) {
  auto row = hold_row(bench, {kSkus, 16, 30'000}, "pgbench, one function, 16 clients",
                      [](OrdinaryShop& shop) { return shop.run("hold_function.sql", 16, kSkus).rate; });
  row.goal = 1;
  return {row};
}

std::vector<Row> hold_alone(Bench& bench) {
  auto row = hold_row(bench, {kSkus, 1, 3'000}, "pgbench, one statement, p50",
                      [](OrdinaryShop& shop) { return shop.run("hold_statement.sql", 1, kSkus).p50_ms; });
  row.value = row.ours.p50_ms;
  row.unit = " ms";
  row.direction = Goal::at_most;
  row.goal = 2;
  return {row};
}

std::vector<Row> check_out(Bench& bench) {
  Stand stand{bench.options, kSkus};
  OrdinaryShop ordinary{stand};
  CartNeed need{20'000, 1};
  const auto ours = [&] {
    CartPool pool;
    stand.make_carts(pool, need.carts(bench.options), true);
    stand.settle();
    Crowd crowd;
    for (int i = 0; i < 256; ++i) crowd.push_back(std::make_unique<Buyer>(pool, stand.catalogue()));
    auto figures = measure(stand, crowd);
    need.learn(figures.rate);
    return figures;
  };
  const auto compared =
      alternate(bench.options, bench.progress,
                {.ours = ours, .reference = [&] { return ordinary.best("checkout.sql", kSkus).rate; }});
  stand.audit();
  Row row;
  row.ours = compared.ours;
  row.value = compared.ours.rate;
  row.reference_name = "pgbench, naive checkout";
  row.reference = compared.reference;
  row.goal = 6;
  return {row};
}

}  // namespace shopflow::bench
