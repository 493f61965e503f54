#include "bench/scale.hpp"

#include <fmt/format.h>

#include <memory>

#include "bench/history.hpp"
#include "bench/rounds.hpp"

namespace shopflow::bench {
namespace {

struct Size {
  std::string name;
  std::size_t articles;
  std::size_t orders;
};

/// A tenth of the largest shop is looked at as well, so that it is seen how what grows does.
std::vector<Size> sizes(const Options& options) {
  const Size small{"small", 1'000, options.quick ? std::size_t{1'000} : std::size_t{10'000}};
  std::vector<Size> all{small};
  for (const auto skus : {options.skus / 10, options.skus}) {
    if (skus > small.articles) all.push_back({grouped(skus) + " SKUs", skus, small.orders});
  }
  if (options.orders > small.orders)
    all.push_back({grouped(options.orders) + " past orders", small.articles, options.orders});
  return all;
}

/// How long a shop of any size has been there.
constexpr std::chrono::hours kPast = 2 * std::chrono::hours{24 * 365};

}  // namespace

/// A shop of that size, with what each of its rounds remembers.
struct Shop {
  Shop(Bench& bench, const Size& given) : size{given}, stand{bench.options, given.articles} {
    bench.progress.say(fmt::format("{}: its past", size.name));
    History history{stand};
    stand.stop();
    history.add_orders(size.orders, kPast);
    stand.start();
    bench.progress.say(fmt::format("{}: the handlers' part of it", size.name));
    stand.drain();
    // As it is in a shop that has been there for a while; otherwise this would go on beside what is measured.
    (void)stand.database().sql("VACUUM (FREEZE, ANALYZE)");
    stand.stop();
    stand.start();
  }
  Size size;
  Stand stand;
  CartNeed spread{60'000, Holder::kHoldsPerCart};
  CartNeed hot{80'000, Holder::kHoldsPerCart};
};

std::vector<ScalePart> scale_parts() {
  return {{"1", "read of stock",
           [](Shop& shop) {
             shop.stand.settle();
             shop.stand.warm_up();
             auto crowd = stock_readers(shop.stand.catalogue(), 64);
             return measure(shop.stand, crowd);
           }},
          {"3", "hold, spread",
           [](Shop& shop) { return hold(shop.stand, shop.stand.catalogue(), 256, shop.spread); }},
          {"4", "hold, one SKU",
           [](Shop& shop) { return hold(shop.stand, {shop.stand.catalogue().front()}, 256, shop.hot); }},
          {"6", "whole journey", [](Shop& shop) { return travel(shop.stand, 64); }}};
}

std::vector<Row> compare_scales(Bench& bench, const std::vector<ScalePart>& parts) {
  std::vector<std::unique_ptr<Shop>> shops;
  for (const auto& size : sizes(bench.options)) {
    bench.progress.say(
        fmt::format("{}: a catalogue of {}, for {} past orders", size.name, size.articles, size.orders));
    shops.push_back(std::make_unique<Shop>(bench, size));
  }
  std::vector<std::vector<std::vector<Figures>>> figures(shops.size(),
                                                         std::vector<std::vector<Figures>>(parts.size()));
  for (int round = 1; round <= bench.options.rounds; ++round) {
    for (std::size_t part = 0; part < parts.size(); ++part) {
      for (std::size_t shop = 0; shop < shops.size(); ++shop) {
        bench.progress.say(fmt::format("round {} of {}, {}, {}", round, bench.options.rounds,
                                       parts[part].name, shops[shop]->size.name));
        figures[shop][part].push_back(parts[part].run(*shops[shop]));
      }
    }
  }
  std::vector<Row> rows;
  for (std::size_t shop = 0; shop < shops.size(); ++shop) {
    shops[shop]->stand.audit();
    for (std::size_t part = 0; shop > 0 && part < parts.size(); ++part) {
      Row row;
      row.id = parts[part].id;
      row.name = fmt::format("{}: {}", parts[part].name, shops[shop]->size.name);
      row.ours = median(figures[shop][part]);
      row.value = row.ours.rate;
      row.reference_name =
          fmt::format("{} SKUs, {} orders", grouped(shops[0]->size.articles), grouped(shops[0]->size.orders));
      const auto small = median(figures[0][part]);
      row.reference = small.rate;
      row.reference_generator = small.generator;
      row.goal = 0.8;
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace shopflow::bench
