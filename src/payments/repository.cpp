#include "payments/repository.hpp"

#include <stdexcept>

#include "shopflow/db/array.hpp"

namespace shopflow::payments::sandbox {
namespace {

const db::Statement kInsertIntents{"sandbox.insert_intents", R"(
INSERT INTO sandbox_intents (ref, payment_id, order_id, state, amount, currency, updated_at)
SELECT i.ref, i.payment_id, i.order_id, 'requires_payment_method', i.amount, i.currency, $6
FROM (SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::uuid[]), unnest($4::int8[]), unnest($5::text[]))
     AS i (ref, payment_id, order_id, amount, currency)
ORDER BY i.ref
ON CONFLICT (ref) DO NOTHING
)"};

#define SHOPFLOW_INTENT_COLUMNS \
  "ref, payment_id, order_id, state, amount, currency, refunded, method, error_code, settles_at "

const db::Statement kLockIntents{"sandbox.lock_intents", "SELECT " SHOPFLOW_INTENT_COLUMNS R"(
FROM sandbox_intents WHERE ref = ANY ($1::text[]) ORDER BY ref FOR UPDATE
)"};

const db::Statement kFindIntent{"sandbox.find_intent", "SELECT " SHOPFLOW_INTENT_COLUMNS R"(
FROM sandbox_intents WHERE ref = $1
)"};

const db::Statement kUpdateIntents{"sandbox.update_intents", R"(
UPDATE sandbox_intents s
SET state = u.state::payment_state, refunded = u.refunded, method = u.method, error_code = u.error_code,
    settles_at = u.settles_at, updated_at = $7
FROM (SELECT unnest($1::text[]), unnest($2::text[]), unnest($3::int8[]), unnest($4::text[]), unnest($5::text[]),
             unnest($6::timestamptz[]))
     AS u (ref, state, refunded, method, error_code, settles_at)
WHERE s.ref = u.ref
)"};

const db::Statement kFindRefunds{"sandbox.find_refunds", R"(
SELECT refund_id, ref, amount FROM sandbox_refunds WHERE refund_id = ANY ($1::uuid[])
)"};

const db::Statement kInsertRefunds{"sandbox.insert_refunds", R"(
INSERT INTO sandbox_refunds (refund_id, ref, amount)
SELECT r.refund_id, r.ref, r.amount FROM (SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::int8[]))
                                         AS r (refund_id, ref, amount)
)"};

const db::Statement kInsertWebhooks{"sandbox.insert_webhooks", R"(
INSERT INTO sandbox_webhooks (id, payload, next_attempt_at, created_at)
SELECT w.id, w.payload, $3, $3 FROM (SELECT unnest($1::text[]), unnest($2::text[])) AS w (id, payload)
)"};

const db::Statement kDueSettlements{"sandbox.due_settlements", R"(
SELECT ref FROM sandbox_intents WHERE settles_at <= $1 ORDER BY settles_at LIMIT $2
)"};

const db::Statement kLeaseWebhooks{"sandbox.lease_webhooks", R"(
UPDATE sandbox_webhooks w
SET attempts = w.attempts + 1, next_attempt_at = $2
FROM (SELECT id FROM sandbox_webhooks WHERE next_attempt_at <= $1
      ORDER BY next_attempt_at, id LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
WHERE w.id = due.id
RETURNING w.id, w.payload, w.attempts, w.created_at
)"};

const db::Statement kDeleteWebhooks{"sandbox.delete_webhooks", R"(
DELETE FROM sandbox_webhooks w USING (SELECT unnest($1::text[]), unnest($2::int4[])) AS r (id, attempts)
WHERE w.id = r.id AND w.attempts = r.attempts
)"};

const db::Statement kPostponeWebhooks{"sandbox.postpone_webhooks", R"(
UPDATE sandbox_webhooks w SET next_attempt_at = r.next_attempt_at
FROM (SELECT unnest($1::text[]), unnest($2::int4[]), unnest($3::timestamptz[])) AS r (id, attempts, next_attempt_at)
WHERE w.id = r.id AND w.attempts = r.attempts
)"};

const db::Statement kNextDue{"sandbox.next_due", R"(
SELECT least((SELECT min(settles_at) FROM sandbox_intents WHERE settles_at IS NOT NULL),
             (SELECT min(next_attempt_at) FROM sandbox_webhooks WHERE next_attempt_at IS NOT NULL))
)"};

Intent read_intent(db::Row row) {
  Intent intent;
  intent.ref = row.next<std::string>();
  intent.payment_id = row.next<PaymentId>();
  intent.order_id = row.next<OrderId>();
  const auto state = json::value_of<PaymentState>(row.next<std::string>());
  if (!state) throw std::logic_error{"sandbox_intents holds a state that this program does not know"};
  intent.state = *state;
  intent.amount.amount = row.next<std::int64_t>();
  intent.amount.currency = row.next<Currency>();
  intent.refunded = row.next<std::int64_t>();
  intent.method = row.next<std::optional<std::string>>();
  intent.error_code = row.next<std::optional<std::string>>();
  intent.settles_at = row.next<std::optional<Timestamp>>();
  return intent;
}

void update_intents(db::Transaction& tx, const std::vector<const Intent*>& intents, Timestamp now) {
  if (intents.empty()) return;
  db::TextArray refs;
  db::TextArray states;
  db::BigIntArray refunded;
  db::TextArray methods;
  db::TextArray error_codes;
  db::TimestampArray settling;
  for (const auto* intent : intents) {
    refs.push(intent->ref);
    states.push(json::name_of(intent->state));
    refunded.push(intent->refunded);
    methods.push(intent->method);
    error_codes.push(intent->error_code);
    settling.push(intent->settles_at);
  }
  tx.exec(kUpdateIntents, refs, states, refunded, methods, error_codes, settling, now);
}

void insert_refunds(db::Transaction& tx, const std::map<RefundId, Refunded>& refunds) {
  if (refunds.empty()) return;
  db::UuidArray ids;
  db::TextArray refs;
  db::BigIntArray amounts;
  for (const auto& [id, refund] : refunds) {
    ids.push(id);
    refs.push(refund.ref);
    amounts.push(refund.amount);
  }
  tx.exec(kInsertRefunds, ids, refs, amounts);
}

}  // namespace

void insert_intents(db::Transaction& tx, const std::vector<const Create*>& creates, Timestamp now) {
  if (creates.empty()) return;
  db::TextArray refs;
  db::UuidArray payments;
  db::UuidArray orders;
  db::BigIntArray amounts;
  db::TextArray currencies;
  for (const auto* create : creates) {
    refs.push(ref_of(create->payment_id));
    payments.push(create->payment_id);
    orders.push(create->order_id);
    amounts.push(create->amount.amount);
    currencies.push(create->amount.currency.str());
  }
  tx.exec(kInsertIntents, refs, payments, orders, amounts, currencies, now);
}

void load_books(db::Transaction& tx, const std::vector<std::string>& refs,
                const std::vector<RefundId>& refunds, Books& books) {
  const auto intents = tx.exec(kLockIntents, db::TextArray{refs});
  for (std::size_t i = 0; i < intents.size(); ++i) books.load(read_intent(intents[i]));
  if (refunds.empty()) return;
  const auto known = tx.exec(kFindRefunds, db::UuidArray{refunds});
  for (std::size_t i = 0; i < known.size(); ++i) {
    auto row = known[i];
    const auto id = row.next<RefundId>();
    auto ref = row.next<std::string>();
    books.load(id, Refunded{std::move(ref), row.next<std::int64_t>()});
  }
}

void write_books(db::Transaction& tx, const Books& books, Timestamp now) {
  update_intents(tx, books.changed(), now);
  insert_refunds(tx, books.new_refunds());
  if (books.webhooks().empty()) return;
  db::TextArray ids;
  db::TextArray payloads;
  for (const auto& webhook : books.webhooks()) {
    ids.push(webhook.id);
    payloads.push(webhook.payload);
  }
  tx.exec(kInsertWebhooks, ids, payloads, now);
}

std::optional<Intent> find_intent(db::Transaction& tx, const std::string& ref) {
  const auto rows = tx.exec(kFindIntent, ref);
  if (rows.empty()) return std::nullopt;
  return read_intent(rows[0]);
}

std::vector<std::string> due_settlements(db::Transaction& tx, Timestamp now, int count_max) {
  const auto rows = tx.exec(kDueSettlements, now, count_max);
  std::vector<std::string> refs;
  for (std::size_t i = 0; i < rows.size(); ++i) refs.push_back(rows[i].next<std::string>());
  return refs;
}

std::vector<LeasedWebhook> lease_webhooks(db::Transaction& tx, Timestamp now, Timestamp until,
                                          int count_max) {
  const auto rows = tx.exec(kLeaseWebhooks, now, until, count_max);
  std::vector<LeasedWebhook> webhooks;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    LeasedWebhook webhook;
    webhook.id = row.next<std::string>();
    webhook.payload = row.next<std::string>();
    webhook.attempts = row.next<int>();
    webhook.created_at = row.next<Timestamp>();
    webhooks.push_back(std::move(webhook));
  }
  return webhooks;
}

void settle_webhooks(db::Transaction& tx, const std::vector<WebhookResult>& results) {
  db::TextArray done;
  db::IntArray done_terms;
  db::TextArray waiting;
  db::IntArray waiting_terms;
  db::TimestampArray times;
  for (const auto& result : results) {
    if (result.delivered) {
      done.push(result.id);
      done_terms.push(result.attempts);
    } else {
      waiting.push(result.id);
      waiting_terms.push(result.attempts);
      times.push(result.next_attempt_at);
    }
  }
  if (done.size() > 0) tx.exec(kDeleteWebhooks, done, done_terms);
  if (waiting.size() > 0) tx.exec(kPostponeWebhooks, waiting, waiting_terms, times);
}

std::optional<Timestamp> next_due(db::Transaction& tx) {
  return tx.exec(kNextDue)[0].next<std::optional<Timestamp>>();
}

}  // namespace shopflow::payments::sandbox
