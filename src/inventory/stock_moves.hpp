#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "shopflow/core/distinct.hpp"
#include "shopflow/inventory/stock_book.hpp"

namespace shopflow::inventory {

/// Units of an order that go from held to sold.
struct Sale {
  SkuId sku_id;
  std::int32_t units = 0;
  Uuid order_id;
};

/// Movements that are decided before the stock is locked, in their order, so that its rows are locked for as
/// short as can be. Their names are those of StockBook.
class StockMoves {
 public:
  void free(const SkuId& sku, std::int32_t units, const Cause& cause) {
    note(&StockBook::free, sku, units, cause);
  }
  void sell(const SkuId& sku, std::int32_t units, const Cause& cause) {
    note(&StockBook::sell, sku, units, cause);
  }
  void unsell(const SkuId& sku, std::int32_t units, const Cause& cause) {
    note(&StockBook::unsell, sku, units, cause);
  }
  void ship(const SkuId& sku, std::int32_t units, const Cause& cause) {
    note(&StockBook::ship, sku, units, cause);
  }
  void restock(const SkuId& sku, std::int32_t units, const Cause& cause) {
    note(&StockBook::restock, sku, units, cause);
  }

  [[nodiscard]] bool empty() const { return moves_.empty(); }

  /// Nothing but orders that were paid, as in nearly every batch.
  [[nodiscard]] bool are_sales() const {
    return std::ranges::all_of(moves_, [](const Move& one) { return one.movement == &StockBook::sell; });
  }

  /// The SKUs whose stock `move` needs.
  [[nodiscard]] std::vector<SkuId> skus() const {
    std::vector<SkuId> skus;
    skus.reserve(moves_.size());
    for (const auto& one : moves_) skus.push_back(one.sku);
    keep_distinct(skus);
    return skus;
  }

  /// SKU by SKU, each in the order of its movements, because the ledger is kept in that order and takes in
  /// neighbours cheaply. Throws std::logic_error for a movement that would break the counters.
  void move(StockBook& stock) const {
    each([&](const Move& one) { (stock.*one.movement)(one.sku, one.units, one.cause); });
  }

  /// The movements as ledger lines, in the order of `move`.
  [[nodiscard]] std::vector<Sale> sales() const {
    std::vector<Sale> sales;
    sales.reserve(moves_.size());
    each([&](const Move& one) {
      if (one.units > 0) sales.push_back({one.sku, one.units, one.cause.id});
    });
    return sales;
  }

 private:
  using Movement = void (StockBook::*)(const SkuId&, std::int32_t, const Cause&);
  struct Move {
    Movement movement;
    SkuId sku;
    std::int32_t units;
    Cause cause;
  };
  void each(const auto& use) const {
    std::vector<std::size_t> order(moves_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [this](std::size_t i) { return std::pair{moves_[i].sku, i}; });
    for (const auto i : order) use(moves_[i]);
  }
  void note(Movement movement, const SkuId& sku, std::int32_t units, const Cause& cause) {
    moves_.push_back({movement, sku, units, cause});
  }

  std::vector<Move> moves_;
};

}  // namespace shopflow::inventory
