#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shopflow/email/email_handler.hpp"

namespace shopflow::email {

/// A mail that is due, claimed for this sender until its lease ends.
struct DueMail {
  MailId id;
  Template about = Template::order_confirmation;
  Uuid subject_id;
  std::string data;
  std::int32_t attempts = 0;  // with this one
  Timestamp created_at;
};

/// Puts the mails down; one of the same event and template (a replay) stays as it is.
void insert_mails(db::Transaction& tx, const std::vector<NewMail>& mails);

/// Claims up to `count_max` due mails by moving them behind the lease, so that a sender which dies leaves
/// them to another.
[[nodiscard]] std::vector<DueMail> claim_due(db::Transaction& tx, Timestamp now, Timestamp lease_until,
                                             int count_max);

void mark_sent(db::Transaction& tx, MailId id, Timestamp now);
/// Not sent: to be tried again at `next`, or given up when there is none.
void mark_failed(db::Transaction& tx, MailId id, std::optional<Timestamp> next, const std::string& why);

/// What the next mail waits for; nullopt when none waits.
[[nodiscard]] std::optional<Timestamp> next_due(db::Transaction& tx);

/// The merchant's code of a SKU, for mails about stock.
[[nodiscard]] std::string sku_code(db::Transaction& tx, const Uuid& sku);

}  // namespace shopflow::email
