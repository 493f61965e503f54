#include <algorithm>
#include <cstddef>

#include "email/repository.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/email/email_handler.hpp"

namespace shopflow::email {
namespace {

/// How long after the delivery the shop asks what the buyer thinks.
constexpr std::chrono::days kReviewDelay{3};

}  // namespace

MailId mail_id(const NewMail& mail) {
  MailId id{uuid7_floor(mail.send_after)};
  constexpr std::ptrdiff_t kTimeBytes = 6;
  std::copy(mail.event_id.value.bytes.begin() + kTimeBytes, mail.event_id.value.bytes.end(),
            id.value.bytes.begin() + kTimeBytes);
  id.value.bytes.back() ^= static_cast<std::uint8_t>(mail.about);
  return id;
}

void EmailHandler::Batch::add(const events::Envelope& envelope, Template about,
                              std::chrono::microseconds delay) {
  told_at_ = std::max(told_at_, envelope.occurred_at);
  mails_.push_back({envelope.id, envelope.position, about, envelope.occurred_at + delay});
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::OrderCreated&) {
  add(envelope, Template::order_confirmation);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::PaymentReceived&) {
  add(envelope, Template::payment_receipt);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::OrderFulfilled&) {
  add(envelope, Template::order_packed);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::OrderShipped&) {
  add(envelope, Template::order_shipped);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::OrderDelivered&) {
  add(envelope, Template::order_delivered);
  add(envelope, Template::review_request, kReviewDelay);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::OrderCancelled&) {
  add(envelope, Template::order_cancelled);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::RefundProcessed&) {
  add(envelope, Template::refund_processed);
}

void EmailHandler::Batch::on(const events::Envelope& envelope, const events::LowStock&) {
  if (tells_admins_) add(envelope, Template::low_stock);
}

void EmailHandler::Batch::apply(db::Transaction& tx) {
  if (mails_.empty()) return;
  insert_mails(tx, mails_, told_at_);
  tx.after_commit_or_doubt(wake_);
}

}  // namespace shopflow::email
