#include "email/repository.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/email/email_handler.hpp"
#include "shopflow/events/shapes.hpp"

namespace shopflow::email {
namespace {

/// How long after the delivery the shop asks what the buyer thinks.
constexpr std::chrono::days kReviewDelay{3};

}  // namespace

template <class Event>
void EmailHandler::Batch::add(const events::Envelope& envelope, Template about, const Event& event,
                              std::chrono::microseconds delay) {
  mails_.push_back(
      {envelope.id, about, envelope.aggregate_id, json::to_json(event), envelope.occurred_at + delay});
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::OrderCreated& event) {
  add(envelope, Template::order_confirmation, event);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::PaymentReceived& event) {
  add(envelope, Template::payment_receipt, event);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::OrderFulfilled& event) {
  add(envelope, Template::order_packed, event);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::OrderShipped& event) {
  add(envelope, Template::order_shipped, event);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::OrderDelivered& event) {
  add(envelope, Template::order_delivered, event);
  add(envelope, Template::review_request, event, kReviewDelay);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::OrderCancelled& event) {
  add(envelope, Template::order_cancelled, event);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::RefundProcessed& event) {
  add(envelope, Template::refund_processed, event);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::LowStock& event) {
  if (tells_admins_) add(envelope, Template::low_stock, event);
}

void EmailHandler::Batch::apply(db::Transaction& tx) {
  if (mails_.empty()) return;
  insert_mails(tx, mails_);
  tx.after_commit(wake_);
}

}  // namespace shopflow::email
