#include "shopflow/inventory/handler.hpp"

#include "inventory/allocation.hpp"
#include "inventory/allocation_repository.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::inventory {
namespace {

const OrderId& order_of(const auto& event) { return event.order_id; }
const OrderId& order_of(const events::ReservationExpired& event) { return *event.order_id; }

}  // namespace

void InventoryHandler::Batch::on(const events::Envelope& envelope, const events::RefundProcessed& event) {
  if (!event.restock.empty()) note(envelope, event);
}

void InventoryHandler::Batch::on(const events::Envelope& envelope, const events::ReservationExpired& event) {
  // The units of a cart that never became an order were freed with its hold.
  if (event.order_id) note(envelope, event);
}

void InventoryHandler::Batch::note(const events::Envelope& envelope, Event event) {
  if (traceparent_.empty()) traceparent_ = envelope.traceparent;
  events_.push_back(std::move(event));
}

std::vector<OrderId> InventoryHandler::Batch::orders() const {
  std::vector<OrderId> orders;
  for (const auto& event : events_) {
    std::visit([&](const auto& one) { orders.push_back(order_of(one)); }, event);
  }
  return orders;
}

void InventoryHandler::Batch::apply(db::Transaction& tx) {
  if (events_.empty()) return;
  Allocations allocations{load_allocations(tx, orders())};
  StockMoves moves;
  for (const auto& event : events_) {
    std::visit([&](const auto& one) { allocations.on(moves, one); }, event);
  }
  const auto now = handler_->clock_.now();
  save_allocations(tx, allocations, now);
  // Carts wait for these rows, so they are locked last; a batch of nothing but new orders, which is what a
  // rush brings, touches none.
  if (moves.empty()) return;
  if (moves.are_sales()) return save_sales(tx, moves.sales(), now);
  auto stock = handler_->stock_.load(tx, moves.skus());
  moves.move(stock);
  std::vector<events::NewEvent> told;
  handler_->stock_.save(tx, stock, now, traceparent_, told);
  handler_->outbox_.append(tx, told);
}

}  // namespace shopflow::inventory
