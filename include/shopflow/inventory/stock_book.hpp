#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shopflow/core/ids.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::inventory {

/// The counters of one SKU at one location.
struct StockRow {
  SkuId sku_id;
  std::int16_t location_id = 1;
  std::int32_t on_hand = 0;
  std::int32_t held = 0;
  std::int32_t sold = 0;
  std::int32_t low_stock_at = 0;
  bool sellable = true;
  std::int32_t event_sequence = 0;
  [[nodiscard]] std::int32_t available() const { return on_hand - held - sold; }
};

/// Units came into the house or left it, or the SKU sold out or came back.
[[nodiscard]] inline bool stock_changes(const StockRow& before, const StockRow& after) {
  return before.on_hand != after.on_hand || (before.available() == 0) != (after.available() == 0);
}

/// The units that can be sold fell to the level that was set for it.
[[nodiscard]] inline bool runs_low(const StockRow& before, const StockRow& after) {
  return before.available() > after.low_stock_at && after.available() <= after.low_stock_at;
}

enum class Movement : std::uint8_t { receive, hold, free, sell, unsell, ship, restock, adjust };

/// Why units moved: the cart, order, shipment, refund or admin operation, and a word for people if there is
/// one.
struct Cause {
  std::string kind;  // "cart", "order", "shipment", "refund", "admin", "seed"
  Uuid id;
  std::optional<std::string> reason;
};

/// One line of the ledger to be.
struct LedgerEntry {
  SkuId sku_id;
  std::int16_t location_id;
  Movement movement;
  std::int32_t quantity;
  Cause cause;
};

/// The stock of the SKUs of one batch, moved here in memory, command after command: loaded and locked by
/// StockStore::load and written by StockStore::save in one statement, or remembered and written under guard.
/// Pure: no I/O. Only `hold` and `adjust` can be refused; a movement that would break the counters throws
/// std::logic_error, because it means that the books are wrong.
class StockBook {
 public:
  /// One row for a SKU.
  explicit StockBook(const std::vector<StockRow>& rows);

  /// nullptr for a SKU that has no stock row (unknown SKU).
  [[nodiscard]] const StockRow* find(const SkuId& sku) const;

  /// Takes units for a cart or an order; false, and nothing changed, if they are not there or the SKU is not
  /// for sale.
  [[nodiscard]] bool hold(const SkuId& sku, std::int32_t units, const Cause& cause);
  void free(const SkuId& sku, std::int32_t units, const Cause& cause);     // held -> available
  void sell(const SkuId& sku, std::int32_t units, const Cause& cause);     // held -> sold
  void unsell(const SkuId& sku, std::int32_t units, const Cause& cause);   // sold -> available
  void ship(const SkuId& sku, std::int32_t units, const Cause& cause);     // sold -> out of the house
  void receive(const SkuId& sku, std::int32_t units, const Cause& cause);  // into the house
  void restock(const SkuId& sku, std::int32_t units, const Cause& cause);  // a returned unit, into the house
  /// Adds `delta`, which may be negative; false, and nothing changed, if less would be left than is held and
  /// sold.
  [[nodiscard]] bool adjust(const SkuId& sku, std::int32_t delta, const Cause& cause);

  /// What StockStore::save writes: the rows whose counters differ, in SKU order, and every movement.
  struct Changed {
    StockRow before;
    StockRow after;
  };
  [[nodiscard]] std::vector<Changed> changed() const;
  /// Every row as it stands now, in SKU order.
  [[nodiscard]] std::vector<StockRow> rows() const;
  [[nodiscard]] const std::vector<LedgerEntry>& entries() const { return entries_; }

 private:
  struct Slot {
    StockRow before;
    StockRow now;
  };
  StockRow& row(const SkuId& sku, const char* movement, std::int32_t units);
  void note(const StockRow& row, Movement movement, std::int32_t units, const Cause& cause);

  std::vector<Slot> slots_;  // in SKU order
  std::vector<LedgerEntry> entries_;
};

}  // namespace shopflow::inventory
