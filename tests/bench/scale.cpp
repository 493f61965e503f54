#include "bench/scale.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>

#include "bench/history.hpp"
#include "bench/rounds.hpp"

namespace shopflow::bench {
namespace {

struct Size {
  const char* name;
  std::size_t articles;
  std::size_t orders;
};

std::vector<Size> sizes(const Options& options) {
  if (options.quick)
    return {{"small", 1'000, 1'000}, {"5,000 SKUs", 5'000, 1'000}, {"5,000 orders", 1'000, 5'000}};
  return {{"small", 1'000, 10'000},
          {"100,000 SKUs", 100'000, 10'000},
          {"1,000,000 SKUs", 1'000'000, 10'000},
          {"2,000,000 orders", 1'000, 2'000'000}};
}

/// A shop of that size, with what each of its rounds remembers.
struct Shop {
  Shop(Bench& bench, const Size& given) : size{given}, stand{bench.options, given.articles} {
    History history{stand};
    stand.stop();
    history.add_orders(size.orders);
    stand.start();
    stand.drain();
    pages = stock_pages(stand);
  }
  Size size;
  Stand stand;
  std::vector<Page> pages;
  CartNeed spread{60'000, Holder::kHoldsPerCart};
  CartNeed hot{80'000, Holder::kHoldsPerCart};
};

struct Part {
  const char* id;
  const char* name;
  std::function<Figures(Shop&)> run;
};

std::array<Part, 4> parts() {
  return {{{"1", "read of stock",
            [](Shop& shop) {
              shop.stand.settle();
              auto crowd = readers(shop.pages, 64);
              return measure(shop.stand, crowd);
            }},
           {"3", "hold, spread",
            [](Shop& shop) { return hold(shop.stand, shop.stand.catalogue(), 256, shop.spread); }},
           {"4", "hold, one SKU",
            [](Shop& shop) { return hold(shop.stand, {shop.stand.catalogue().front()}, 256, shop.hot); }},
           {"6", "whole journey", [](Shop& shop) { return travel(shop.stand, 64); }}}};
}

}  // namespace

std::vector<Row> compare_scales(Bench& bench) {
  const auto all = parts();
  std::vector<std::unique_ptr<Shop>> shops;
  for (const auto& size : sizes(bench.options)) {
    bench.progress.say(
        fmt::format("making the shop: {}, {} SKUs, {} past orders", size.name, size.articles, size.orders));
    shops.push_back(std::make_unique<Shop>(bench, size));
  }
  std::vector<std::vector<std::vector<Figures>>> figures(shops.size(),
                                                         std::vector<std::vector<Figures>>(all.size()));
  for (int round = 1; round <= bench.options.rounds; ++round) {
    for (std::size_t part = 0; part < all.size(); ++part) {
      for (std::size_t shop = 0; shop < shops.size(); ++shop) {
        bench.progress.say(fmt::format("round {} of {}, {}, {}", round, bench.options.rounds, all[part].name,
                                       shops[shop]->size.name));
        figures[shop][part].push_back(all[part].run(*shops[shop]));
      }
    }
  }
  std::vector<Row> rows;
  for (std::size_t shop = 0; shop < shops.size(); ++shop) {
    shops[shop]->stand.audit();
    for (std::size_t part = 0; shop > 0 && part < all.size(); ++part) {
      Row row;
      row.id = all[part].id;
      row.name = fmt::format("{}: {}", all[part].name, shops[shop]->size.name);
      row.ours = median(figures[shop][part]);
      row.value = row.ours.rate;
      row.reference_name =
          fmt::format("{} SKUs, {} orders", grouped(shops[0]->size.articles), grouped(shops[0]->size.orders));
      row.reference = median(figures[0][part]).rate;
      row.goal = 0.8;
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace shopflow::bench
