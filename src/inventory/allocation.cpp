#include "inventory/allocation.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace shopflow::inventory {
namespace {

Cause of_order(const OrderId& order, std::optional<std::string> reason = {}) {
  return {"order", order.value, std::move(reason)};
}

bool is_applied(const Allocation& allocation, const Uuid& what) {
  return std::ranges::find(allocation.applied, what) != allocation.applied.end();
}

Allocation::Line& line_of(Allocation& allocation, const SkuId& sku) {
  const auto line = std::ranges::find(allocation.lines, sku, &Allocation::Line::sku_id);
  if (line == allocation.lines.end()) {
    throw std::runtime_error{allocation.order_id.str() + " has no line of " + sku.str()};
  }
  return *line;
}

void free_lines(Allocation& allocation, StockMoves& stock, const Cause& cause) {
  for (const auto& line : allocation.lines) stock.free(line.sku_id, line.quantity, cause);
  allocation.state = AllocationState::freed;
}

void sell_lines(const Allocation& allocation, StockMoves& stock, const Cause& cause) {
  for (const auto& line : allocation.lines) stock.sell(line.sku_id, line.quantity, cause);
}

/// Puts returned units back for sale. Units that never left the house are merely not sold any more; where an
/// order left in part, the units that left are taken to be the ones that came back.
void take_back(Allocation& allocation, StockMoves& stock, const events::Units& units, const Cause& cause) {
  auto& line = line_of(allocation, units.sku_id);
  const auto returned = std::min(units.quantity, line.shipped);
  line.shipped -= returned;
  line.quantity -= returned;
  stock.restock(units.sku_id, returned, cause);
  if (allocation.state != AllocationState::sold) return;
  const auto kept = std::min(units.quantity - returned, line.quantity - line.shipped);
  line.quantity -= kept;
  stock.unsell(units.sku_id, kept, cause);
}

}  // namespace

Allocations::Allocations(std::vector<Allocation> existing) {
  for (auto& one : existing) {
    const auto order = one.order_id;
    slots_.try_emplace(order, Slot{std::move(one), false, false});
  }
}

void Allocations::sold(StockMoves& stock, Allocation allocation) {
  const auto order = allocation.order_id;
  sell_lines(allocation, stock, of_order(order));
  slots_.try_emplace(order, Slot{std::move(allocation), false, false});
}

Allocations::Slot& Allocations::find(const OrderId& order) {
  const auto slot = slots_.find(order);
  if (slot == slots_.end())
    throw std::runtime_error{order.str() + " has no units yet: its OrderCreated is not applied"};
  return slot->second;
}

void Allocations::on(StockMoves& /*stock*/, const events::OrderCreated& event) {
  const auto [slot, made] = slots_.try_emplace(event.order_id);
  if (!made) return;
  slot->second.made = true;
  auto& allocation = slot->second.allocation;
  allocation.order_id = event.order_id;
  for (const auto& sold : event.lines) {
    const auto same = std::ranges::find(allocation.lines, sold.sku_id, &Allocation::Line::sku_id);
    if (same != allocation.lines.end()) {
      same->quantity += sold.quantity;
    } else {
      allocation.lines.push_back({sold.sku_id, sold.quantity, 0});
    }
  }
}

void Allocations::on(StockMoves& stock, const events::PaymentReceived& event) {
  auto& slot = find(event.order_id);
  auto& allocation = slot.allocation;
  if (allocation.state == AllocationState::sold || is_applied(allocation, event.payment_id.value)) return;
  if (allocation.state == AllocationState::freed && !event.taken_again) return;
  const auto cause = of_order(event.order_id);
  // The payment took the units anew while the news of the lapsed hold has not come through: both are held
  // now.
  if (allocation.state == AllocationState::held && event.taken_again) free_lines(allocation, stock, cause);
  sell_lines(allocation, stock, cause);
  allocation.state = AllocationState::sold;
  allocation.applied.push_back(event.payment_id.value);
  slot.changed = true;
}

void Allocations::on(StockMoves& stock, const events::OrderShipped& event) {
  auto& slot = find(event.order_id);
  auto& allocation = slot.allocation;
  if (is_applied(allocation, event.shipment_id.value)) return;
  if (allocation.state != AllocationState::sold) {
    throw std::runtime_error{event.order_id.str() + " is shipped without having been sold"};
  }
  const Cause cause{"shipment", event.shipment_id.value, {}};
  for (const auto& units : event.lines) {
    auto& line = line_of(allocation, units.sku_id);
    if (units.quantity > line.quantity - line.shipped) {
      throw std::runtime_error{event.shipment_id.str() + " carries more of " + units.sku_id.str() +
                               " than was sold"};
    }
    line.shipped += units.quantity;
    stock.ship(units.sku_id, units.quantity, cause);
  }
  allocation.applied.push_back(event.shipment_id.value);
  slot.changed = true;
}

void Allocations::on(StockMoves& stock, const events::OrderCancelled& event) {
  auto& slot = find(event.order_id);
  auto& allocation = slot.allocation;
  const auto cause = of_order(event.order_id, event.reason);
  switch (allocation.state) {
    case AllocationState::held:
      free_lines(allocation, stock, cause);
      break;
    case AllocationState::sold:
      for (const auto& line : allocation.lines)
        stock.unsell(line.sku_id, line.quantity - line.shipped, cause);
      allocation.state = AllocationState::freed;
      break;
    case AllocationState::freed:
      return;
  }
  slot.changed = true;
}

void Allocations::on(StockMoves& stock, const events::RefundProcessed& event) {
  if (event.restock.empty()) return;
  auto& slot = find(event.order_id);
  auto& allocation = slot.allocation;
  if (is_applied(allocation, event.refund_id.value)) return;
  const Cause cause{"refund", event.refund_id.value, event.reason};
  for (const auto& units : event.restock) take_back(allocation, stock, units, cause);
  allocation.applied.push_back(event.refund_id.value);
  slot.changed = true;
}

void Allocations::on(StockMoves& stock, const events::ReservationExpired& event) {
  if (!event.order_id) return;
  auto& slot = find(*event.order_id);
  if (slot.allocation.state != AllocationState::held) return;
  free_lines(slot.allocation, stock, of_order(*event.order_id, "expired"));
  slot.changed = true;
}

std::vector<const Allocation*> Allocations::made() const {
  std::vector<const Allocation*> made;
  for (const auto& [order, slot] : slots_) {
    if (slot.made) made.push_back(&slot.allocation);
  }
  return made;
}

std::vector<const Allocation*> Allocations::changed() const {
  std::vector<const Allocation*> changed;
  for (const auto& [order, slot] : slots_) {
    if (slot.changed && !slot.made) changed.push_back(&slot.allocation);
  }
  return changed;
}

}  // namespace shopflow::inventory
