#include "orders/payment_repository.hpp"

#include <stdexcept>

#include "orders/payment_rows.hpp"
#include "shopflow/db/joint_statement.hpp"
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

const db::Statement kInsertPayments{"orders.insert_payments", NewPayments::kText};
const db::Statement kSavePayments{"orders.save_payments", ChangedPayments::kText};

const db::Statement kFindNotices{"orders.find_notices", R"(
SELECT w.provider, w.event_id
FROM webhook_events AS w JOIN (SELECT unnest($1::text[]), unnest($2::text[]))
                              AS n (provider, event_id) USING (provider, event_id)
)"};

const db::Statement kInsertNotices{"orders.insert_notices", R"(
INSERT INTO webhook_events (provider, event_id, received_at)
SELECT n.provider, n.event_id, $3 FROM (SELECT unnest($1::text[]), unnest($2::text[])) AS n (provider, event_id)
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
  const auto rows = tx.exec(statement, db::UuidArray{orders});
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
  if (!payments.empty()) db::write_rows(tx, kInsertPayments, NewPayments{payments});
}

void save_payments(db::Transaction& tx, const std::vector<Payment*>& payments, Timestamp now) {
  if (payments.empty()) return;
  if (db::write_rows(tx, kSavePayments, ChangedPayments{payments, now}).affected() != payments.size())
    throw std::logic_error{"a payment has changed under its lock"};
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
