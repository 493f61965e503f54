#include "analytics/repository.hpp"
#include "shopflow/analytics/analytics_handler.hpp"

namespace shopflow::analytics {

Fact& AnalyticsHandler::Batch::add(const events::Envelope& envelope, FactKind kind) {
  auto& fact = facts_.emplace_back();
  fact.position = envelope.position;
  fact.kind = kind;
  fact.subject_id = envelope.aggregate_id;
  fact.occurred_at = envelope.occurred_at;
  return fact;
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::OrderCreated& event) {
  auto& fact = add(envelope, FactKind::ordered);
  fact.amount = event.total;
  fact.merchandise = event.total.amount - event.shipping - event.tax;
  fact.lines = event.lines;
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::PaymentReceived& event) {
  add(envelope, FactKind::paid).amount = event.amount;
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::OrderFulfilled&) {
  add(envelope, FactKind::fulfilled);
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::OrderShipped& event) {
  auto& fact = add(envelope, FactKind::shipped);
  for (const auto& line : event.lines) fact.lines.push_back({line.sku_id, line.quantity, 0});
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::OrderDelivered&) {
  add(envelope, FactKind::delivered);
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::OrderCancelled&) {
  add(envelope, FactKind::cancelled);
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::RefundProcessed& event) {
  // Money that came by mistake and went straight back was never revenue.
  if (event.surplus) return;
  auto& fact = add(envelope, FactKind::refunded);
  fact.amount = event.amount;
  for (const auto& line : event.restock) fact.lines.push_back({line.sku_id, line.quantity, 0});
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::ReservationExpired& event) {
  auto& fact = add(envelope, FactKind::expired);
  for (const auto& line : event.lines) fact.lines.push_back({line.sku_id, line.quantity, 0});
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::StockChanged& event) {
  add(envelope, FactKind::stock_changed).lines.push_back({event.sku_id, event.available, 0});
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::LowStock& event) {
  add(envelope, FactKind::low_stock).lines.push_back({event.sku_id, event.available, 0});
}

void AnalyticsHandler::Batch::apply(db::Transaction& tx) { insert_facts(tx, facts_); }

}  // namespace shopflow::analytics
