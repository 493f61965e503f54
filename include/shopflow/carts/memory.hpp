#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <span>

#include "shopflow/cache/l1_cache.hpp"
#include "shopflow/carts/types.hpp"
#include "shopflow/inventory/stock_book.hpp"

namespace shopflow::carts {

/// Carts and stock as this process last committed them, and carts of which nothing is written yet, over which
/// a command may be decided without asking the database first. Others may have changed them since, so
/// whatever is decided here has to be written under guard. Bounded: 131,072 carts of up to 32 lines, and
/// 16,384 SKUs. A cart takes about 220 bytes and 32 for each of its lines; one that is not remembered costs
/// its whole batch a round trip. Thread-safe.
class CartMemory {
 public:
  using Cart = cache::L1Cache<CartId, CartState>::Handle;

  [[nodiscard]] Cart find(const CartId& id) const;
  /// A larger cart is forgotten, and one whose units are sold, expired or released.
  void keep(CartState cart);
  void forget(const CartId& id) { carts_.erase(id); }

  /// What is remembered of the SKU since it was last loaded under lock, or, if nothing is, a row that stands
  /// for plenty of units.
  [[nodiscard]] inventory::StockRow stock(const SkuId& sku) const;
  void keep(std::span<const inventory::StockRow> rows);
  /// Keeps the counters of remembered SKUs up to date with what was written under guard.
  void follow(const inventory::StockBook& book);

 private:
  static constexpr std::size_t kCartsMax = 131'072;
  static constexpr std::size_t kRememberedLinesMax = 32;
  static constexpr std::size_t kSkusMax = 16'384;

  mutable cache::L1Cache<CartId, CartState> carts_{kCartsMax};
  mutable cache::L1Cache<SkuId, inventory::StockRow> stock_{kSkusMax};
  std::mutex stock_mutex_;  // held while a row is read, changed and stored again
};

}  // namespace shopflow::carts
