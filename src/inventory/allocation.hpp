#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "inventory/stock_moves.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/events/types.hpp"

namespace shopflow::inventory {

enum class AllocationState : std::uint8_t { held, sold, freed };

/// The units that belong to an order, and how far they have come.
struct Allocation {
  struct Line {
    SkuId sku_id;
    std::int32_t quantity = 0;
    std::int32_t shipped = 0;  // out of the house and not restocked
  };
  OrderId order_id;
  AllocationState state = AllocationState::held;
  std::vector<Line> lines;
  std::vector<Uuid> applied;  // payments, shipments and refunds whose units have been moved
};

/// The allocations of one batch of events: loaded, moved here by one event after the other, and written back;
/// what this moves of the stock is noted. Pure: no I/O. An event that has been applied before changes
/// nothing; one that comes before its OrderCreated, or that the allocation can't carry, throws
/// std::runtime_error, so that it is tried again and people see it.
class Allocations {
 public:
  explicit Allocations(std::vector<Allocation> existing);

  /// Takes over an order that was held until now and has been written as sold; its payment then changes
  /// nothing more.
  void sold(StockMoves& stock, Allocation allocation);

  void on(StockMoves& stock, const events::OrderCreated& event);
  void on(StockMoves& stock, const events::PaymentReceived& event);
  void on(StockMoves& stock, const events::OrderShipped& event);
  void on(StockMoves& stock, const events::OrderCancelled& event);
  void on(StockMoves& stock, const events::RefundProcessed& event);
  void on(StockMoves& stock, const events::ReservationExpired& event);

  [[nodiscard]] std::vector<const Allocation*> made() const;
  [[nodiscard]] std::vector<const Allocation*> changed() const;

 private:
  struct Slot {
    Allocation allocation;
    bool made = false;
    bool changed = false;
  };
  Slot& find(const OrderId& order);

  std::unordered_map<OrderId, Slot> slots_;
};

}  // namespace shopflow::inventory
