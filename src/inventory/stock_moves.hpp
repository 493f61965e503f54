#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "shopflow/inventory/stock_book.hpp"

namespace shopflow::inventory {

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

  /// The SKUs whose stock `move` needs.
  [[nodiscard]] std::vector<SkuId> skus() const {
    std::vector<SkuId> skus;
    skus.reserve(moves_.size());
    for (const auto& one : moves_) skus.push_back(one.sku);
    std::ranges::sort(skus);
    const auto repeated = std::ranges::unique(skus);
    skus.erase(repeated.begin(), repeated.end());
    return skus;
  }

  /// SKU by SKU, each in the order of its movements, because the ledger is kept in that order and takes in
  /// neighbours cheaply. Throws std::logic_error for a movement that would break the counters.
  void move(StockBook& stock) const {
    std::vector<std::size_t> order(moves_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [this](std::size_t i) { return std::pair{moves_[i].sku, i}; });
    for (const auto i : order) {
      const auto& one = moves_[i];
      (stock.*one.movement)(one.sku, one.units, one.cause);
    }
  }

 private:
  using Movement = void (StockBook::*)(const SkuId&, std::int32_t, const Cause&);
  struct Move {
    Movement movement;
    SkuId sku;
    std::int32_t units;
    Cause cause;
  };
  void note(Movement movement, const SkuId& sku, std::int32_t units, const Cause& cause) {
    moves_.push_back({movement, sku, units, cause});
  }

  std::vector<Move> moves_;
};

}  // namespace shopflow::inventory
