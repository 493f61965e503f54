#pragma once

#include <vector>

#include "bench/figures.hpp"
#include "bench/shoppers.hpp"

/// The rounds that several scenarios are made of. Each leaves the stand as it was but for what was bought.
namespace shopflow::bench {

/// How many carts a round needs: as many as the last one would have used, and some more.
class CartNeed {
 public:
  CartNeed(double first_rate, std::size_t units_per_cart)
      : rate_{first_rate}, units_per_cart_{static_cast<double>(units_per_cart)} {}
  [[nodiscard]] std::size_t carts(const Options& options) const {
    const auto seconds = (options.warm_up + options.measured).count();
    return static_cast<std::size_t>(rate_ * seconds / units_per_cart_) + 1000;
  }
  void learn(double rate) { rate_ = rate * 1.4; }

 private:
  double rate_;
  double units_per_cart_;
};

[[nodiscard]] Page page(const std::string& target, std::string body);

[[nodiscard]] Crowd readers(const std::vector<Page>& pages, std::size_t connections);
[[nodiscard]] Crowd stock_readers(const Catalogue& articles, std::size_t connections);
[[nodiscard]] Crowd holders(CartPool& pool, const Catalogue& articles, std::size_t shoppers);
[[nodiscard]] Crowd travellers(Stand& stand, std::size_t shoppers);

/// Holds of the articles into carts that are made before the time is taken.
[[nodiscard]] Figures hold(Stand& stand, const Catalogue& articles, std::size_t shoppers, CartNeed& need);
/// Checkouts of carts that are made before the time is taken.
[[nodiscard]] Figures buy(Stand& stand, std::size_t shoppers, CartNeed& need);
[[nodiscard]] Figures travel(Stand& stand, std::size_t shoppers);

}  // namespace shopflow::bench
