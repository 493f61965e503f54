#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "shopflow/core/backoff.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/db/connection.hpp"
#include "shopflow/email/mail.hpp"
#include "shopflow/orders/types.hpp"

namespace shopflow::email {

struct DueMail;

struct MailSenderSettings {
  db::ConnectionSettings connection;
  Sender sender;
  std::chrono::seconds lease{60};  // then a claimed mail goes to another; longer than any handing over
  int attempts_max = kAttemptsMax;
};

/// Where the mails' facts come from.
struct MailSources {
  std::function<std::optional<orders::Order>(db::Transaction&, OrderId)> find_order;
  /// The page on which a shopper follows the order.
  std::function<std::string(OrderId)> order_url;
};

struct MailStats {
  std::uint64_t sent = 0;
  std::uint64_t failed = 0;
  std::uint64_t dead = 0;
};

/// Writes and sends the mails that are due, on a thread of its own. A mail is handed over at least once: it
/// carries a Message-ID by which a second one can be told. Several servers share the work.
class MailSender {
 public:
  MailSender(MailSenderSettings settings, MailSources sources, std::unique_ptr<Transport> transport,
             const Clock& clock);
  ~MailSender();

  /// There is something to send. Thread-safe, cheap.
  void wake();
  /// Finishes the mail at hand, or gives it up where the mail server is slow, then joins.
  void stop();
  [[nodiscard]] MailStats stats() const;

 private:
  void serve();
  /// Sends the mail that has been due for longest, or unpacks some; false when there are none.
  bool send_due();
  /// False when the lease ended before the mail was on its way: then it is another's.
  Result<bool> hand_over(const DueMail& due, Timestamp leased_until);
  void note_failure(const DueMail& due, const Error& error);
  /// Nothing when the order that it tells of does not exist.
  std::optional<Mail> write(db::Transaction& tx, const DueMail& due) const;

  MailSenderSettings settings_;
  MailSources sources_;
  std::unique_ptr<Transport> transport_;
  const Clock& clock_;
  db::Connection connection_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;
  std::atomic<std::uint64_t> sent_ = 0;
  std::atomic<std::uint64_t> failed_ = 0;
  std::atomic<std::uint64_t> dead_ = 0;
  std::thread thread_;
};

}  // namespace shopflow::email
