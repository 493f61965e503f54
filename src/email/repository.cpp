#include "email/repository.hpp"

#include "shopflow/email/mail_keeping.hpp"

#include "shopflow/db/transaction.hpp"

namespace shopflow::email {
namespace {

const db::Statement kInsert{"email.insert_page", R"(
INSERT INTO mail_pages (id, ids, positions, send_after, templates)
VALUES ($1, $2::uuid[], $3::int8[], $4::timestamptz[], $5::text[])
)"};

const db::Statement kUnpack{"email.unpack_page", R"(
WITH page AS (
  DELETE FROM mail_pages WHERE id = (SELECT id FROM mail_pages ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING ids, positions, send_after, templates
), unpacked AS (
  INSERT INTO mails (id, position, send_after, state, template)
  SELECT m.id, m.position, m.send_after, 'waiting', m.template
  FROM page, unnest(page.ids, page.positions, page.send_after, page.templates) AS m (id, position, send_after, template)
  ON CONFLICT (id) DO NOTHING
)
SELECT count(*) FROM page
)"};

// What this version of the program does not know how to write waits for one that does.
const db::Statement kClaim{"email.claim", R"(
UPDATE mails SET send_after = $2, attempts = attempts + 1
WHERE id = (
  SELECT id FROM mails WHERE state = 'waiting' AND send_after <= $1 AND template = ANY ($3::text[])
  ORDER BY send_after LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, template, position, attempts
)"};

const db::Statement kSent{"email.sent", R"(
UPDATE mails SET state = 'sent', sent_at = $2, last_error = NULL WHERE id = $1 AND state <> 'sent'
)"};

// The number of the attempt keeps out a sender whose lease has ended and whose mail another has claimed
// since.
const db::Statement kFailed{"email.failed", R"(
UPDATE mails SET state = CASE WHEN $3::timestamptz IS NULL THEN 'dead' ELSE 'waiting' END::mail_state,
       send_after = coalesce($3::timestamptz, send_after), last_error = $4
WHERE id = $1 AND state = 'waiting' AND attempts = $2
)"};

const db::Statement kSkuCode{"email.sku_code", R"(
SELECT code || ' (' || name || ')' FROM skus WHERE id = $1
)"};

const db::Statement kListDead{"email.list_dead", R"(
SELECT id, template, attempts, coalesce(last_error, '') FROM mails
WHERE state = 'dead' ORDER BY id LIMIT $1
)"};

const db::Statement kRetryDead{"email.retry_dead", R"(
UPDATE mails SET state = 'waiting', attempts = 0, send_after = $2
WHERE state = 'dead' AND ($1::uuid IS NULL OR id = $1)
)"};

// A mail's identifier has its time within, so that the oldest are found by the key.
const db::Statement kDeleteSent{"email.delete_sent", R"(
DELETE FROM mails WHERE id IN (
  SELECT id FROM mails WHERE id < $1 AND state = 'sent' ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
)"};

}  // namespace

void insert_mails(db::Transaction& tx, const std::vector<NewMail>& mails, Timestamp now) {
  db::UuidArray ids;
  db::BigIntArray positions;
  db::TimestampArray times;
  db::TextArray templates;
  for (const auto& mail : mails) {
    ids.push(mail_id(mail));
    positions.push(mail.position);
    times.push(mail.send_after);
    templates.push(json::name_of(mail.about));
  }
  tx.exec(kInsert, make_uuid7(now), ids, positions, times, templates);
}

bool unpack_mails(db::Transaction& tx) { return tx.exec(kUnpack)[0].next<std::int64_t>() > 0; }

std::optional<DueMail> claim_due(db::Transaction& tx, Timestamp now, Timestamp lease_until) {
  db::TextArray known;
  for (const auto& entry : json::Names<Template>::values) known.push(entry.second);
  const auto rows = tx.exec(kClaim, now, lease_until, known);
  if (rows.empty()) return std::nullopt;
  auto row = rows[0];
  DueMail mail;
  mail.id = row.next<MailId>();
  mail.about = json::value_of<Template>(row.next<std::string>()).value();
  mail.position = row.next<std::int64_t>();
  mail.attempts = row.next<std::int32_t>();
  return mail;
}

void mark_sent(db::Transaction& tx, MailId id, Timestamp now) { tx.exec(kSent, id, now); }

bool mark_failed(db::Transaction& tx, const DueMail& mail, std::optional<Timestamp> next,
                 const std::string& why) {
  return tx.exec(kFailed, mail.id, mail.attempts, next, why).affected() == 1;
}

std::string sku_code(db::Transaction& tx, const Uuid& sku) {
  const auto rows = tx.exec(kSkuCode, sku);
  if (rows.empty()) return SkuId{sku}.str();
  auto row = rows[0];
  return row.next<std::string>();
}

std::vector<DeadMail> list_dead_mails(db::Transaction& tx, std::int32_t count_max) {
  const auto rows = tx.exec(kListDead, count_max);
  std::vector<DeadMail> mails;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto& mail = mails.emplace_back();
    mail.id = row.next<MailId>();
    mail.about = row.next<std::string>();
    mail.attempts = row.next<std::int32_t>();
    mail.last_error = row.next<std::string>();
    mail.created_at = uuid7_time(mail.id.value);
  }
  return mails;
}

std::size_t retry_dead_mails(db::Transaction& tx, std::optional<MailId> id, Timestamp now) {
  return tx.exec(kRetryDead, id, now).affected();
}

std::size_t delete_sent_mails(db::Transaction& tx, Timestamp before, std::int32_t count_max) {
  return tx.exec(kDeleteSent, uuid7_floor(before), count_max).affected();
}

}  // namespace shopflow::email
