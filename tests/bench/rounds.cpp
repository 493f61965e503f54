#include "bench/rounds.hpp"

#include "bench/requests.hpp"

namespace shopflow::bench {

Page page(const std::string& target, std::string body) {
  Page result{{}, std::move(body)};
  append_request(result.request, "GET", target, "", "");
  return result;
}

Crowd readers(const std::vector<Page>& pages, std::size_t connections) {
  Crowd crowd;
  for (std::size_t i = 0; i < connections; ++i)
    crowd.push_back(std::make_unique<Reader>(pages, i * pages.size() / connections));
  return crowd;
}

Crowd stock_readers(const Catalogue& articles, std::size_t connections) {
  Crowd crowd;
  for (std::size_t i = 0; i < connections; ++i) crowd.push_back(std::make_unique<StockReader>(articles, i));
  return crowd;
}

Crowd holders(CartPool& pool, const Catalogue& articles, std::size_t shoppers) {
  Crowd crowd;
  for (std::size_t i = 0; i < shoppers; ++i) crowd.push_back(std::make_unique<Holder>(pool, articles, i));
  return crowd;
}

Crowd travellers(Stand& stand, std::size_t shoppers) {
  Crowd crowd;
  for (std::size_t i = 0; i < shoppers; ++i)
    crowd.push_back(std::make_unique<Traveller>(stand.catalogue(), stand.admin_key(), i));
  return crowd;
}

Figures hold(Stand& stand, const Catalogue& articles, std::size_t shoppers, CartNeed& need) {
  CartPool pool;
  stand.make_carts(pool, need.carts(stand.options()), false);
  stand.settle();
  auto crowd = holders(pool, articles, shoppers);
  const auto figures = measure(stand, crowd);
  need.learn(figures.rate);
  return figures;
}

Figures buy(Stand& stand, std::size_t shoppers, CartNeed& need) {
  CartPool pool;
  stand.make_carts(pool, need.carts(stand.options()), true);
  stand.settle();
  Crowd crowd;
  for (std::size_t i = 0; i < shoppers; ++i)
    crowd.push_back(std::make_unique<Buyer>(pool, stand.catalogue()));
  const auto figures = measure(stand, crowd);
  need.learn(figures.rate);
  return figures;
}

Figures travel(Stand& stand, std::size_t shoppers) {
  stand.settle();
  auto crowd = travellers(stand, shoppers);
  return measure(stand, crowd);
}

}  // namespace shopflow::bench
