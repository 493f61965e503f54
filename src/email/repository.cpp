#include "email/repository.hpp"

#include "shopflow/db/transaction.hpp"

namespace shopflow::email {
namespace {

const db::Statement kInsert{"email.insert", R"(
INSERT INTO mails (id, event_id, template, subject_id, data, state, send_after, created_at)
SELECT m.id, m.event_id, m.template, m.subject_id, m.data, 'waiting', m.send_after, m.send_after
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[])
     AS m (id, event_id, template, subject_id, data, send_after)
ON CONFLICT (event_id, template) DO NOTHING
)"};

const db::Statement kClaim{"email.claim", R"(
UPDATE mails SET send_after = $2, attempts = attempts + 1
WHERE id IN (
  SELECT id FROM mails WHERE state = 'waiting' AND send_after <= $1
  ORDER BY send_after LIMIT $3 FOR UPDATE SKIP LOCKED
) AND state = 'waiting'
RETURNING id, template, subject_id, data, attempts, created_at
)"};

const db::Statement kSent{"email.sent", R"(
UPDATE mails SET state = 'sent', sent_at = $2, last_error = NULL WHERE id = $1 AND state = 'waiting'
)"};

const db::Statement kFailed{"email.failed", R"(
UPDATE mails SET state = CASE WHEN $2::timestamptz IS NULL THEN 'dead' ELSE 'waiting' END::mail_state,
       send_after = coalesce($2::timestamptz, send_after), last_error = $3
WHERE id = $1 AND state = 'waiting'
)"};

const db::Statement kNextDue{"email.next_due", R"(
SELECT min(send_after) FROM mails WHERE state = 'waiting'
)"};

const db::Statement kSkuCode{"email.sku_code", R"(
SELECT code || ' (' || name || ')' FROM skus WHERE id = $1
)"};

}  // namespace

void insert_mails(db::Transaction& tx, const std::vector<NewMail>& mails) {
  db::UuidArray ids;
  db::UuidArray event_ids;
  db::TextArray templates;
  db::UuidArray subjects;
  db::TextArray data;
  db::TimestampArray times;
  for (const auto& mail : mails) {
    ids.push(MailId::make(mail.send_after));
    event_ids.push(mail.event_id);
    templates.push(json::name_of(mail.about));
    subjects.push(mail.subject_id);
    data.push(mail.data);
    times.push(mail.send_after);
  }
  tx.exec(kInsert, ids, event_ids, templates, subjects, data, times);
}

std::vector<DueMail> claim_due(db::Transaction& tx, Timestamp now, Timestamp lease_until, int count_max) {
  const auto rows = tx.exec(kClaim, now, lease_until, count_max);
  std::vector<DueMail> mails;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    DueMail mail;
    mail.id = row.next<MailId>();
    mail.about = json::value_of<Template>(row.next<std::string>()).value();
    mail.subject_id = row.next<Uuid>();
    mail.data = row.next<std::string>();
    mail.attempts = row.next<std::int32_t>();
    mail.created_at = row.next<Timestamp>();
    mails.push_back(std::move(mail));
  }
  return mails;
}

void mark_sent(db::Transaction& tx, MailId id, Timestamp now) { tx.exec(kSent, id, now); }

void mark_failed(db::Transaction& tx, MailId id, std::optional<Timestamp> next, const std::string& why) {
  tx.exec(kFailed, id, next, why);
}

std::optional<Timestamp> next_due(db::Transaction& tx) {
  auto row = tx.exec(kNextDue)[0];
  return row.next<std::optional<Timestamp>>();
}

std::string sku_code(db::Transaction& tx, const Uuid& sku) {
  const auto rows = tx.exec(kSkuCode, sku);
  if (rows.empty()) return SkuId{sku}.str();
  auto row = rows[0];
  return row.next<std::string>();
}

}  // namespace shopflow::email
