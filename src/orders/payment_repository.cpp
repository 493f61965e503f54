#include "orders/payment_repository.hpp"

#include <stdexcept>

#include "shopflow/db/transaction.hpp"
#include "shopflow/orders/notices.hpp"

namespace shopflow::orders {
namespace {

#define SHOPFLOW_PAYMENT_COLUMNS                                                                          \
  "id, order_id, provider, state, version, amount, currency, captured, refunded, surplus, provider_ref, " \
  "method, next_action, error_code, attempt, created_at, updated_at "

const db::Statement kLoadPayments{"orders.load_payments", "SELECT " SHOPFLOW_PAYMENT_COLUMNS R"(
FROM payments WHERE order_id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
)"};

const db::Statement kReadPayments{"orders.read_payments", "SELECT " SHOPFLOW_PAYMENT_COLUMNS R"(
FROM payments WHERE order_id = ANY ($1::uuid[]) ORDER BY id
)"};

const db::Statement kInsertPayments{"orders.insert_payments", R"(
INSERT INTO payments (id, order_id, provider, state, version, amount, currency, provider_ref, attempt, created_at, updated_at)
SELECT p.id, p.order_id, p.provider, p.state::payment_state, 1, p.amount, p.currency, p.provider_ref, p.attempt, p.at, p.at
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int8[], $6::text[], $7::text[], $8::text[], $9::timestamptz[])
     AS p (id, order_id, provider, state, amount, currency, provider_ref, attempt, at)
)"};

const db::Statement kSavePayments{"orders.save_payments", R"(
UPDATE payments AS p
SET state = c.state::payment_state, version = c.version, captured = c.captured, refunded = c.refunded, surplus = c.surplus,
    provider_ref = c.provider_ref, method = c.method, next_action = c.next_action, error_code = c.error_code,
    attempt = c.attempt, updated_at = $12
FROM unnest($1::uuid[], $2::text[], $3::int4[], $4::int8[], $5::int8[], $6::bool[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::text[], $13::uuid[])
     AS c (id, state, version, captured, refunded, surplus, provider_ref, method, next_action, error_code, attempt, order_id)
WHERE p.order_id = c.order_id AND p.id = c.id AND p.version = c.version - 1
)"};

const db::Statement kFindNotices{"orders.find_notices", R"(
SELECT w.provider, w.event_id
FROM webhook_events AS w JOIN unnest($1::text[], $2::text[]) AS n (provider, event_id) USING (provider, event_id)
)"};

const db::Statement kInsertNotices{"orders.insert_notices", R"(
INSERT INTO webhook_events (provider, event_id, received_at)
SELECT n.provider, n.event_id, $3 FROM unnest($1::text[], $2::text[]) AS n (provider, event_id)
ON CONFLICT DO NOTHING
)"};

const db::Statement kDeleteNotices{"orders.delete_old_notices", R"(
DELETE FROM webhook_events WHERE (provider, event_id) IN (
  SELECT provider, event_id FROM webhook_events WHERE received_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
)"};

Payment payment_of(db::Row row) {
  Payment payment;
  payment.id = row.next<PaymentId>();
  payment.order_id = row.next<OrderId>();
  payment.provider = row.next<std::string>();
  payment.state = json::value_of<payments::PaymentState>(row.next<std::string>()).value();
  payment.version = row.next<std::int32_t>();
  payment.amount.amount = row.next<std::int64_t>();
  payment.amount.currency = row.next<Currency>();
  payment.captured = row.next<std::int64_t>();
  payment.refunded = row.next<std::int64_t>();
  payment.surplus = row.next<bool>();
  payment.provider_ref = row.next<std::optional<std::string>>();
  payment.method = row.next<std::optional<std::string>>();
  payment.next_action = row.next<std::optional<std::string>>();
  payment.error_code = row.next<std::optional<std::string>>();
  payment.attempt = row.next<std::optional<std::string>>();
  payment.created_at = row.next<Timestamp>();
  payment.updated_at = row.next<Timestamp>();
  return payment;
}

std::vector<Payment> select_payments(db::Transaction& tx, const db::Statement& statement,
                                     const std::vector<OrderId>& orders) {
  if (orders.empty()) return {};
  db::UuidArray wanted;
  for (const auto& id : orders) wanted.push(id);
  const auto rows = tx.exec(statement, wanted);
  std::vector<Payment> payments;
  payments.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) payments.push_back(payment_of(rows[i]));
  return payments;
}

struct NoticeArrays {
  explicit NoticeArrays(const std::vector<NoticeKey>& keys) {
    for (const auto& [provider, id] : keys) {
      providers.push(provider);
      ids.push(id);
    }
  }
  db::TextArray providers, ids;
};

}  // namespace

std::vector<Payment> load_payments(db::Transaction& tx, const std::vector<OrderId>& orders) {
  return select_payments(tx, kLoadPayments, orders);
}

std::vector<Payment> read_payments(db::Transaction& tx, const std::vector<OrderId>& orders) {
  return select_payments(tx, kReadPayments, orders);
}

void insert_payments(db::Transaction& tx, const std::vector<Payment*>& payments) {
  if (payments.empty()) return;
  db::UuidArray ids, orders;
  db::TextArray providers, states, currencies, refs, attempts;
  db::BigIntArray amounts;
  db::TimestampArray times;
  for (auto* payment : payments) {
    payment->version = 1;
    ids.push(payment->id);
    orders.push(payment->order_id);
    providers.push(payment->provider);
    states.push(json::name_of(payment->state));
    amounts.push(payment->amount.amount);
    currencies.push(payment->amount.currency.str());
    refs.push(payment->provider_ref);
    attempts.push(payment->attempt);
    times.push(payment->created_at);
  }
  tx.exec(kInsertPayments, ids, orders, providers, states, amounts, currencies, refs, attempts, times);
}

void save_payments(db::Transaction& tx, const std::vector<Payment*>& payments, Timestamp now) {
  if (payments.empty()) return;
  db::UuidArray ids, orders;
  db::TextArray states, refs, methods, actions, problems, attempts;
  db::IntArray versions;
  db::BigIntArray captured, refunded;
  db::BoolArray surplus;
  for (auto* payment : payments) {
    payment->updated_at = now;
    ids.push(payment->id);
    orders.push(payment->order_id);
    states.push(json::name_of(payment->state));
    versions.push(++payment->version);
    captured.push(payment->captured);
    refunded.push(payment->refunded);
    surplus.push(payment->surplus);
    refs.push(payment->provider_ref);
    methods.push(payment->method);
    actions.push(payment->next_action);
    problems.push(payment->error_code);
    attempts.push(payment->attempt);
  }
  const auto rows = tx.exec(kSavePayments, ids, states, versions, captured, refunded, surplus, refs, methods,
                            actions, problems, attempts, now, orders);
  if (rows.affected() != payments.size()) throw std::logic_error{"a payment has changed under its lock"};
}

std::vector<NoticeKey> find_notices(db::Transaction& tx, const std::vector<NoticeKey>& keys) {
  if (keys.empty()) return {};
  const NoticeArrays wanted{keys};
  const auto rows = tx.exec(kFindNotices, wanted.providers, wanted.ids);
  std::vector<NoticeKey> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto provider = row.next<std::string>();
    auto id = row.next<std::string>();
    found.emplace_back(std::move(provider), std::move(id));
  }
  return found;
}

void insert_notices(db::Transaction& tx, const std::vector<NoticeKey>& keys, Timestamp now) {
  if (keys.empty()) return;
  const NoticeArrays made{keys};
  tx.exec(kInsertNotices, made.providers, made.ids, now);
}

std::size_t delete_old_notices(db::Transaction& tx, Timestamp before, std::int32_t count_max) {
  return tx.exec(kDeleteNotices, before, count_max).affected();
}

}  // namespace shopflow::orders
