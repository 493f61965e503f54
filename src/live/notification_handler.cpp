#include "shopflow/live/notification_handler.hpp"

#include "live/repository.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::live {

void NotificationHandler::Batch::add(const events::Envelope& envelope, std::string topic) {
  notifications_.push_back({envelope.position, std::move(topic), envelope.type, envelope.occurred_at});
}

void NotificationHandler::Batch::on(const events::Envelope& envelope, const events::PaymentReceived& event) {
  add(envelope, "order:" + event.order_id.str());
}

void NotificationHandler::Batch::on(const events::Envelope& envelope, const events::OrderFulfilled& event) {
  add(envelope, "order:" + event.order_id.str());
}

void NotificationHandler::Batch::on(const events::Envelope& envelope, const events::OrderShipped& event) {
  add(envelope, "order:" + event.order_id.str());
}

void NotificationHandler::Batch::on(const events::Envelope& envelope, const events::OrderDelivered& event) {
  add(envelope, "order:" + event.order_id.str());
}

void NotificationHandler::Batch::on(const events::Envelope& envelope, const events::OrderCancelled& event) {
  add(envelope, "order:" + event.order_id.str());
}

void NotificationHandler::Batch::on(const events::Envelope& envelope, const events::RefundProcessed& event) {
  add(envelope, "order:" + event.order_id.str());
}

void NotificationHandler::Batch::on(const events::Envelope& envelope,
                                    const events::ReservationExpired& event) {
  add(envelope, event.order_id ? "order:" + event.order_id->str() : "cart:" + event.cart_id.str());
}

void NotificationHandler::Batch::on(const events::Envelope& envelope, const events::StockChanged& event) {
  changed_.push_back(event.sku_id);
  add(envelope, "stock:" + event.sku_id.str());
}

void NotificationHandler::Batch::on(const events::Envelope& envelope, const events::LowStock& event) {
  add(envelope, "stock:" + event.sku_id.str());
}

void NotificationHandler::Batch::apply(db::Transaction& tx) {
  if (notifications_.empty()) return;
  insert_notifications(tx, notifications_);
  if (!changed_.empty()) drop_stock_(tx, changed_);
  tx.after_commit([publish = publish_, notifications = notifications_] { publish(notifications); });
}

}  // namespace shopflow::live
