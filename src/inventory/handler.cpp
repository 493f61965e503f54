#include "shopflow/inventory/handler.hpp"

#include <algorithm>
#include <utility>

#include "inventory/allocation.hpp"
#include "inventory/allocation_repository.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::inventory {
namespace {

const OrderId& order_of(const auto& event) { return event.order_id; }
const OrderId& order_of(const events::ReservationExpired& event) { return *event.order_id; }
OrderId order_of_any(const auto& event) {
  return std::visit([](const auto& one) { return order_of(one); }, event);
}

/// News of an order that is new, or paid while its units are held: nothing is freed.
bool sells_only(const auto& event) {
  const auto* payment = std::get_if<events::PaymentReceived>(&event);
  return payment != nullptr ? !payment->taken_again : std::holds_alternative<events::OrderCreated>(event);
}

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
    const bool first = orders.insert(order_of_any(event)).second;
    const auto* payment = std::get_if<events::PaymentReceived>(&event);
    if (first && payment != nullptr && !payment->taken_again)
      paid.push_back({payment->order_id, payment->payment_id});
  }
  return paid;
}

void InventoryHandler::Batch::apply_ahead(db::Transaction& tx) {
  if (!std::ranges::all_of(events_, [](const Event& event) { return sells_only(event); })) return;
  const auto now = handler_->clock_.now();
  std::unordered_set<OrderId> begun;
  std::unordered_set<OrderId> older;
  std::vector<Event> rest;
  Allocations allocations{{}};
  StockMoves moves;
  for (auto& event : events_) {
    const auto order = order_of_any(event);
    const bool begins = std::holds_alternative<events::OrderCreated>(event) && !older.contains(order);
    if (begins) begun.insert(order);
    if (begun.contains(order)) {
      std::visit([&](const auto& one) { allocations.on(moves, one); }, event);
    } else {
      older.insert(order);
      rest.push_back(std::move(event));
    }
  }
  save_allocations(tx, allocations, now);
  enter(tx, moves.sales(), now);
  events_ = std::move(rest);
}

void InventoryHandler::Batch::enter(db::Transaction& tx, const std::vector<Sale>& sales, Timestamp now) {
  enter_sales(tx, sales, now);
  for (const auto& sale : sales) sold_[sale.sku_id] += sale.units;
}

void InventoryHandler::Batch::apply(db::Transaction& tx) {
  if (events_.empty() && sold_.empty()) return;
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
  // Carts wait for the rows of stock, so they are locked last; a batch of nothing but new orders, which is
  // what a rush brings, touches none.
  if (moves.are_sales()) {
    enter(tx, moves.sales(), now);
    return sell(tx, sold_);
  }
  auto stock = handler_->stock_.load(tx, moves.skus());
  moves.move(stock);
  std::vector<events::NewEvent> told;
  handler_->stock_.save(tx, stock, now, traceparent_, told);
  handler_->outbox_.append(tx, told);
}

}  // namespace shopflow::inventory
