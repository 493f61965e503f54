#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shopflow/email/templates.hpp"
#include "shopflow/events/envelope.hpp"
#include "shopflow/events/types.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::email {

/// A mail to be written: what about, from which event, and not before when.
struct NewMail {
  EventId event_id;
  std::int64_t position = 0;  // of the event
  Template about = Template::order_confirmation;
  Timestamp send_after;
};

/// Follows from the event and the template, so that there is one mail of both however often it is put down.
[[nodiscard]] MailId mail_id(const NewMail& mail);

/// The handler "email": puts down which mails are to be written. MailSender takes each event and template
/// once, writes and sends.
class EmailHandler {
 public:
  static constexpr std::string_view name = "email";

  /// `wake` is called after each commit that put something down. Without `tells_admins` nobody is written to
  /// of low stock, because there is no address to write to.
  EmailHandler(std::function<void()> wake, bool tells_admins)
      : wake_{std::move(wake)}, tells_admins_{tells_admins} {}

  class Batch {
   public:
    Batch(const std::function<void()>& wake, bool tells_admins) : wake_{wake}, tells_admins_{tells_admins} {}
    void on(const events::Envelope& envelope, const events::OrderCreated& event);
    void on(const events::Envelope& envelope, const events::PaymentReceived& event);
    void on(const events::Envelope& envelope, const events::OrderFulfilled& event);
    void on(const events::Envelope& envelope, const events::OrderShipped& event);
    void on(const events::Envelope& envelope, const events::OrderDelivered& event);
    void on(const events::Envelope& envelope, const events::OrderCancelled& event);
    void on(const events::Envelope& envelope, const events::RefundProcessed& event);
    void on(const events::Envelope& envelope, const events::LowStock& event);
    void apply(db::Transaction& tx);
    [[nodiscard]] const std::vector<NewMail>& mails() const { return mails_; }

   private:
    void add(const events::Envelope& envelope, Template about, std::chrono::microseconds delay = {});
    const std::function<void()>& wake_;
    bool tells_admins_;
    std::vector<NewMail> mails_;
    Timestamp told_at_{};  // the newest event
  };

  [[nodiscard]] Batch begin() const { return Batch{wake_, tells_admins_}; }

 private:
  std::function<void()> wake_;
  bool tells_admins_;
};

}  // namespace shopflow::email
