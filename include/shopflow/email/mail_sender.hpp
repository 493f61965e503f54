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
  std::chrono::seconds lease{
      60};                // after which a claimed mail goes to another sender; longer than any handing over
  int batch_max = 20;     // claimed at once
  int attempts_max = 25;  // over about three days
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
  /// Finishes the mail at hand, then joins.
  void stop();
  [[nodiscard]] MailStats stats() const;

 private:
  void serve();
  /// Sends what is due; false when nothing was.
  bool send_due();
  void send_one(const DueMail& due);
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
