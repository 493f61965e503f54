#include "shopflow/inventory/handler.hpp"

#include <utility>

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

/// An order whose first news in the batch is its payment was created in an earlier one, and is held unless
/// this is not the first time or its hold has lapsed.
std::vector<Paid> InventoryHandler::Batch::paid_first(std::unordered_set<OrderId>& orders) const {
  std::vector<Paid> paid;
  for (const auto& event : events_) {
    const bool first = orders.insert(std::visit([](const auto& one) { return order_of(one); }, event)).second;
    const auto* payment = std::get_if<events::PaymentReceived>(&event);
    if (first && payment != nullptr && !payment->taken_again)
      paid.push_back({payment->order_id, payment->payment_id});
  }
  return paid;
}

void InventoryHandler::Batch::apply(db::Transaction& tx) {
  if (events_.empty()) return;
  const auto now = handler_->clock_.now();
  std::unordered_set<OrderId> orders;
  auto sold = sell_held(tx, paid_first(orders), now);
  for (const auto& one : sold) orders.erase(one.order_id);
  Allocations allocations{load_allocations(tx, {orders.begin(), orders.end()})};
  StockMoves moves;
  for (auto& one : sold) allocations.sold(moves, std::move(one));
  for (const auto& event : events_) {
    std::visit([&](const auto& one) { allocations.on(moves, one); }, event);
  }
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
