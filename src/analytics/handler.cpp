#include <unordered_map>
#include <utility>

#include "analytics/repository.hpp"
#include "shopflow/analytics/analytics_handler.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/log.hpp"
#include "shopflow/events/shapes.hpp"

namespace shopflow::analytics {
namespace {

/// From the log, which tells of an order first how it was created.
std::unordered_map<Uuid, Basket> read_baskets(db::Transaction& tx, const std::vector<Uuid>& orders) {
  std::unordered_map<Uuid, Basket> baskets;
  for (const auto& first : events::read_first(tx, orders)) {
    if (first.envelope.type != events::OrderCreated::type) continue;
    baskets.emplace(first.envelope.aggregate_id,
                    basket_of(json::read_trusted<events::OrderCreated>(first.data)));
  }
  return baskets;
}

}  // namespace

Fact& AnalyticsHandler::Batch::add(const events::Envelope& envelope, FactKind kind) {
  auto& fact = facts_.emplace_back();
  fact.position = envelope.position;
  fact.kind = kind;
  fact.occurred_at = envelope.occurred_at;
  return fact;
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::OrderCreated& event) {
  auto& fact = add(envelope, FactKind::ordered);
  auto basket = basket_of(event);
  fact.amount = event.total.amount;
  fact.merchandise = basket.merchandise;
  baskets_.keep(event.order_id, std::move(basket));
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::PaymentReceived& event) {
  auto& fact = add(envelope, FactKind::paid);
  fact.amount = event.amount.amount;
  fact.basket = baskets_.find(event.order_id);
  if (!fact.basket) unknown_.emplace_back(facts_.size() - 1, event.order_id.value);
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::OrderFulfilled&) {
  add(envelope, FactKind::fulfilled);
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::OrderShipped&) {
  add(envelope, FactKind::shipped);
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
  fact.amount = event.amount.amount;
  Basket returned;
  for (const auto& line : event.restock) returned.lines.push_back({line.sku_id, line.quantity, 0});
  fact.basket = std::make_shared<const Basket>(std::move(returned));
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::ReservationExpired&) {
  add(envelope, FactKind::expired);
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::StockChanged&) {
  add(envelope, FactKind::stock_changed);
}

void AnalyticsHandler::Batch::on(const events::Envelope& envelope, const events::LowStock&) {
  add(envelope, FactKind::low_stock);
}

void AnalyticsHandler::Batch::apply(db::Transaction& tx) {
  if (!unknown_.empty()) {
    std::vector<Uuid> orders;
    for (const auto& [place, order] : unknown_) orders.push_back(order);
    const auto read = read_baskets(tx, orders);
    for (const auto& [place, order] : unknown_) {
      const auto found = read.find(order);
      if (found != read.end()) facts_[place].basket = std::make_shared<const Basket>(found->second);
    }
  }
  insert_facts(tx, facts_);
}

}  // namespace shopflow::analytics
