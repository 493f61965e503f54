#include "shopflow/email/mail_sender.hpp"

#include <spdlog/spdlog.h>

#include "email/mail_facts.hpp"
#include "email/repository.hpp"
#include "shopflow/core/backoff.hpp"
#include "shopflow/core/failpoint.hpp"
#include "shopflow/core/thread_name.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/log.hpp"

namespace shopflow::email {
namespace {

/// The net under the wake-ups: other servers' mails, and mails for later.
constexpr std::chrono::seconds kPoll{1};

}  // namespace

MailSender::MailSender(MailSenderSettings settings, MailSources sources, std::unique_ptr<Transport> transport,
                       const Clock& clock)
    : settings_{std::move(settings)},
      sources_{std::move(sources)},
      transport_{std::move(transport)},
      clock_{clock},
      connection_{settings_.connection},
      thread_{[this] { serve(); }} {}

MailSender::~MailSender() { stop(); }

void MailSender::wake() {
  {
    const std::lock_guard lock{mutex_};
    woken_ = true;
  }
  changed_.notify_one();
}

void MailSender::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  transport_->hurry();
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

MailStats MailSender::stats() const { return {sent_.load(), failed_.load(), dead_.load()}; }

void MailSender::serve() {
  name_thread("mail sender");
  for (;;) {
    {
      std::unique_lock lock{mutex_};
      changed_.wait_for(lock, kPoll, [this] { return woken_ || stopping_; });
      if (stopping_) return;
      woken_ = false;
    }
    try {
      while (send_due()) {
        const std::lock_guard lock{mutex_};
        if (stopping_) return;
      }
    } catch (const std::exception& error) {
      spdlog::warn("mails wait: {}", error.what());
    }
  }
}

bool MailSender::send_due() {
  std::optional<DueMail> due;
  bool more = true;
  Timestamp leased_until;
  connection_.transact([&](db::Transaction& tx) {
    const auto now = clock_.now();
    leased_until = now + settings_.lease;
    due = claim_due(tx, now, leased_until);
    more = due || unpack_mails(tx);
  });
  if (!due) return more;
  failpoint("mail", "before_send");
  const auto handed = hand_over(*due, leased_until);
  if (!handed) {
    note_failure(*due, handed.error());
    return true;
  }
  if (!*handed) return true;
  failpoint("mail", "sent");
  ++sent_;
  connection_.transact([&](db::Transaction& tx) { mark_sent(tx, due->id, clock_.now()); });
  return true;
}

Result<bool> MailSender::hand_over(const DueMail& due, Timestamp leased_until) {
  try {
    std::optional<Mail> mail;
    connection_.read([&](db::Transaction& tx) { mail = write(tx, due); });
    if (!mail) return fail(errors::mail_not_sent, "there is no order to write about");
    const auto text = compose(*mail, settings_.sender);
    if (clock_.now() >= leased_until) return false;
    if (auto sent = transport_->send(*mail, text); !sent) return std::unexpected{std::move(sent).error()};
    return true;
  } catch (const db::Unavailable&) {
    throw;
  } catch (const std::exception& error) {
    // A mail that can't be written must not keep the others waiting.
    return fail(errors::mail_not_sent, error.what());
  }
}

void MailSender::note_failure(const DueMail& due, const Error& error) {
  const bool gives_up = due.attempts >= settings_.attempts_max;
  bool noted = false;
  connection_.transact([&](db::Transaction& tx) {
    const auto next =
        gives_up ? std::optional<Timestamp>{} : clock_.now() + backoff(due.attempts, due.id.value);
    noted = mark_failed(tx, due, next, error.detail);
  });
  ++(gives_up && noted ? dead_ : failed_);
  spdlog::warn("mail {} was not sent (attempt {}): {}", due.id.str(), due.attempts, error.detail);
}

std::optional<Mail> MailSender::write(db::Transaction& tx, const DueMail& due) const {
  Mail mail;
  mail.id = due.id;
  mail.created_at = uuid7_time(due.id.value);
  const auto event = events::find_event(tx, due.position);
  if (!event) return std::nullopt;
  const auto& subject = event->envelope.aggregate_id;
  Facts facts;
  if (due.about == Template::low_stock) {
    facts = stock_facts(event->data, sku_code(tx, subject), settings_.sender);
    mail.recipient = settings_.sender.admin_email;
  } else {
    const OrderId id{subject};
    const auto order = sources_.find_order(tx, id);
    if (!order) return std::nullopt;
    facts = order_facts(due.about, event->data, *order, settings_.sender, sources_.order_url(id));
    mail.recipient = order->email;
  }
  auto content = render(due.about, facts);
  mail.subject = std::move(content.subject);
  mail.text = std::move(content.text);
  mail.html = std::move(content.html);
  return mail;
}

}  // namespace shopflow::email
