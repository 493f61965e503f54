#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "bench/goods.hpp"
#include "bench/shopper.hpp"
#include "simulate/latency.hpp"

namespace shopflow::bench {

/// Pages that do not change while they are read.
struct Page {
  std::string request;
  /// What the body begins with; what follows (the time of the figures) may change.
  std::string body;
};

/// Reads pages in turn, for ever. A unit is one page.
class Reader final : public Shopper {
 public:
  Reader(const std::vector<Page>& pages, std::size_t first) : pages_{pages}, next_{first} {}
  bool ask(std::string& out) override;
  Step answered(const Answer& answer) override;

 private:
  const std::vector<Page>& pages_;
  std::size_t next_;
};

/// Reads the stock of articles of the whole catalogue, each as likely as the others, for ever. A unit is one
/// of them.
class StockReader final : public Shopper {
 public:
  StockReader(const Catalogue& catalogue, std::uint64_t seed) : catalogue_{catalogue}, dice_{seed} {}
  bool ask(std::string& out) override;
  Step answered(const Answer& answer) override;

 private:
  const Catalogue& catalogue_;
  Dice dice_;
  std::size_t asked_ = 0;
};

/// Makes carts into the pool until the budget is used up, with three lines each if there is a catalogue.
class CartMaker final : public Shopper {
 public:
  CartMaker(CartPool& pool, Budget& budget, const Catalogue* catalogue, std::uint64_t seed)
      : pool_{pool}, budget_{budget}, catalogue_{catalogue}, dice_{seed} {}
  bool ask(std::string& out) override;
  Step answered(const Answer& answer) override;

 private:
  CartPool& pool_;
  Budget& budget_;
  const Catalogue* catalogue_;
  Dice dice_;
  Cart cart_;
  bool filling_ = false;
};

/// What answers of 503 were like. One thread.
struct Refusals {
  simulate::LatencyHistogram latency;
};

/// Notes the refusals of one shopper, if they are wanted; without, an answer of 503 is wrong.
class Patience {
 public:
  explicit Patience(Refusals* refusals) : refusals_{refusals} {}
  void asks();
  /// Whether the answer is a refusal, which is noted, and after which the same is to be asked again.
  [[nodiscard]] bool is_refused(const Answer& answer);

 private:
  Refusals* refusals_;
  std::chrono::steady_clock::time_point asked_at_;
};

/// Puts single units of articles into carts of the pool, some times into each. A unit is one hold.
class Holder final : public Shopper {
 public:
  static constexpr std::size_t kHoldsPerCart = 4;
  Holder(CartPool& pool, const Catalogue& catalogue, std::uint64_t seed)
      : pool_{pool}, catalogue_{catalogue}, dice_{seed} {}
  bool ask(std::string& out) override;
  Step answered(const Answer& answer) override;

 private:
  CartPool& pool_;
  const Catalogue& catalogue_;
  Dice dice_;
  const Cart* cart_ = nullptr;
  std::vector<std::size_t> held_;  // what has been put into the cart, the last one just now
};

/// Checks out carts of the pool, which have three lines. A unit is one order. If refusals are noted, what was
/// answered 503 is asked again, and only what was accepted counts.
class Buyer final : public Shopper {
 public:
  Buyer(CartPool& pool, const Catalogue& catalogue, Refusals* refusals = nullptr)
      : pool_{pool}, catalogue_{catalogue}, patience_{refusals} {}
  bool ask(std::string& out) override;
  Step answered(const Answer& answer) override;

 private:
  CartPool& pool_;
  const Catalogue& catalogue_;
  Patience patience_;
  const Cart* cart_ = nullptr;
  bool refused_ = false;
};

/// Makes a cart, puts three articles into it, checks it out and has it marked as paid, until the budget, if
/// there is one, is used up. A unit is all of that.
class Traveller final : public Shopper {
 public:
  Traveller(const Catalogue& catalogue, std::string admin_key, std::uint64_t seed, Budget* budget = nullptr)
      : catalogue_{catalogue}, admin_key_{std::move(admin_key)}, dice_{seed}, budget_{budget} {}
  bool ask(std::string& out) override;
  Step answered(const Answer& answer) override;

 private:
  enum class Stop : std::uint8_t { cart, items, checkout, payment };
  const Catalogue& catalogue_;
  std::string admin_key_;
  Dice dice_;
  Budget* budget_;
  Stop stop_ = Stop::cart;
  Cart cart_;
  std::string order_;
};

}  // namespace shopflow::bench
