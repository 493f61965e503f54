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
  std::int64_t position = 0;  // of its event
  std::int32_t attempts = 0;  // with this one
};

/// Puts the mails down as a page, in one row. Pages are unpacked in the order of `now`.
void insert_mails(db::Transaction& tx, const std::vector<NewMail>& mails, Timestamp now);

/// Makes mails of the oldest page; one of the same event and template (a replay) that is there stays as it
/// is. False when there is no page that nobody else is at.
[[nodiscard]] bool unpack_mails(db::Transaction& tx);

/// Claims the mail that has been due for longest by moving it behind the lease, so that a sender which dies
/// leaves it to another; nullopt when none is due.
[[nodiscard]] std::optional<DueMail> claim_due(db::Transaction& tx, Timestamp now, Timestamp lease_until);

void mark_sent(db::Transaction& tx, MailId id, Timestamp now);
/// Not sent: to be tried again at `next`, or given up when there is none. False if the lease had ended and
/// somebody else has claimed or sent the mail since.
[[nodiscard]] bool mark_failed(db::Transaction& tx, const DueMail& mail, std::optional<Timestamp> next,
                               const std::string& why);

/// The merchant's code of a SKU, for mails about stock.
[[nodiscard]] std::string sku_code(db::Transaction& tx, const Uuid& sku);

}  // namespace shopflow::email
