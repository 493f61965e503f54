#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shopflow/core/ids.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/email/mail.hpp"

namespace shopflow::db {
class Transaction;
}

/// What becomes of mails that are not under way any more.
namespace shopflow::email {

/// A mail that was given up.
struct DeadMail {
  MailId id;
  std::string about;  // the template's name
  std::int32_t attempts = 0;
  std::string last_error;
  Timestamp created_at;
};

/// Mails that were given up, oldest first, at most `count_max`.
[[nodiscard]] std::vector<DeadMail> list_dead_mails(db::Transaction& tx, std::int32_t count_max);

/// Gives dead mails all their attempts again, from now: this one, or all; gives how many.
std::size_t retry_dead_mails(db::Transaction& tx, std::optional<MailId> id, Timestamp now);

/// Deletes mails that were sent and were put down before `before`, at most `count_max`; gives how many.
std::size_t delete_sent_mails(db::Transaction& tx, Timestamp before, std::int32_t count_max);

}  // namespace shopflow::email
