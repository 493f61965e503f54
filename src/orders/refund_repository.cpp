#include "orders/refund_repository.hpp"

#include <stdexcept>

#include "shopflow/db/transaction.hpp"

namespace shopflow::orders {
namespace {

#define SHOPFLOW_REFUND_COLUMNS                                                                   \
  "id, order_id, payment_id, state, amount, currency, reason, restock_skus, restock_quantities, " \
  "provider_ref, attempts, next_attempt_at, last_error, created_at, updated_at "

const db::Statement kLoadRefunds{"orders.load_refunds", "SELECT " SHOPFLOW_REFUND_COLUMNS R"(
FROM refunds WHERE order_id = ANY ($1::uuid[]) ORDER BY id
)"};

const db::Statement kDueRefunds{"orders.due_refunds", "SELECT " SHOPFLOW_REFUND_COLUMNS R"(
FROM refunds WHERE state = 'pending' AND next_attempt_at <= $1 ORDER BY next_attempt_at LIMIT $2
)"};

const db::Statement kInsertRefunds{"orders.insert_refunds", R"(
INSERT INTO refunds (id, order_id, payment_id, state, amount, currency, reason, restock_skus, restock_quantities,
                     next_attempt_at, created_at, updated_at)
SELECT r.id, r.order_id, r.payment_id, 'pending', r.amount, r.currency, r.reason, ($11::uuid[])[r.first:r.last],
       ($12::int4[])[r.first:r.last], r.next_attempt_at, r.at, r.at
FROM (SELECT unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::uuid[]), unnest($4::int8[]), unnest($5::text[]),
             unnest($6::text[]), unnest($7::timestamptz[]), unnest($8::timestamptz[]), unnest($9::int4[]),
             unnest($10::int4[]))
     AS r (id, order_id, payment_id, amount, currency, reason, next_attempt_at, at, first, last)
)"};

// The state as a text, so that none is looked for among all that are pending.
const db::Statement kSaveRefunds{"orders.save_refunds", R"(
UPDATE refunds AS r
SET state = c.state::refund_state, provider_ref = c.provider_ref, attempts = c.attempts,
    next_attempt_at = c.next_attempt_at, last_error = c.last_error, updated_at = $7
FROM (SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::text[]), unnest($4::int4[]),
             unnest($5::timestamptz[]), unnest($6::text[]))
     AS c (id, state, provider_ref, attempts, next_attempt_at, last_error)
WHERE r.id = c.id AND r.state::text = 'pending'
)"};

Refund refund_of(db::Row row) {
  Refund refund;
  refund.id = row.next<RefundId>();
  refund.order_id = row.next<OrderId>();
  refund.payment_id = row.next<PaymentId>();
  refund.state = json::value_of<RefundState>(row.next<std::string>()).value();
  refund.amount.amount = row.next<std::int64_t>();
  refund.amount.currency = row.next<Currency>();
  refund.reason = row.next<std::string>();
  const auto skus = row.next<std::vector<Uuid>>();
  const auto quantities = row.next<std::vector<std::int32_t>>();
  for (std::size_t i = 0; i < skus.size(); ++i) refund.restock.push_back({SkuId{skus[i]}, quantities.at(i)});
  refund.provider_ref = row.next<std::optional<std::string>>();
  refund.attempts = row.next<std::int32_t>();
  refund.next_attempt_at = row.next<std::optional<Timestamp>>();
  refund.last_error = row.next<std::optional<std::string>>();
  refund.created_at = row.next<Timestamp>();
  refund.updated_at = row.next<Timestamp>();
  return refund;
}

std::vector<Refund> refunds_of(const db::Rows& rows) {
  std::vector<Refund> refunds;
  for (std::size_t i = 0; i < rows.size(); ++i) refunds.push_back(refund_of(rows[i]));
  return refunds;
}

}  // namespace

std::vector<Refund> load_refunds(db::Transaction& tx, const std::vector<OrderId>& orders) {
  if (orders.empty()) return {};
  return refunds_of(tx.exec(kLoadRefunds, db::UuidArray{orders}));
}

std::vector<Refund> find_due_refunds(db::Transaction& tx, Timestamp now, std::int32_t count_max) {
  return refunds_of(tx.exec(kDueRefunds, now, count_max));
}

void insert_refunds(db::Transaction& tx, const std::vector<Refund*>& refunds) {
  if (refunds.empty()) return;
  db::UuidArray ids, orders, payments;
  db::BigIntArray amounts;
  db::TextArray currencies, reasons;
  db::TimestampArray next, times;
  db::Slices restock;
  db::UuidArray skus;
  db::IntArray quantities;
  for (const auto* refund : refunds) {
    ids.push(refund->id);
    orders.push(refund->order_id);
    payments.push(refund->payment_id);
    amounts.push(refund->amount.amount);
    currencies.push(refund->amount.currency.str());
    reasons.push(refund->reason);
    next.push(refund->next_attempt_at);
    times.push(refund->created_at);
    restock.push(refund->restock.size());
    for (const auto& back : refund->restock) {
      skus.push(back.sku_id);
      quantities.push(back.quantity);
    }
  }
  tx.exec(kInsertRefunds, ids, orders, payments, amounts, currencies, reasons, next, times, restock.first,
          restock.last, skus, quantities);
}

void save_refunds(db::Transaction& tx, const std::vector<Refund*>& refunds, Timestamp now) {
  if (refunds.empty()) return;
  db::UuidArray ids;
  db::TextArray states, refs, problems;
  db::IntArray attempts;
  db::TimestampArray next;
  for (auto* refund : refunds) {
    refund->updated_at = now;
    ids.push(refund->id);
    states.push(json::name_of(refund->state));
    refs.push(refund->provider_ref);
    attempts.push(refund->attempts);
    next.push(refund->next_attempt_at);
    problems.push(refund->last_error);
  }
  const auto rows = tx.exec(kSaveRefunds, ids, states, refs, attempts, next, problems, now);
  if (rows.affected() != refunds.size()) throw std::logic_error{"a refund is not pending any more"};
}

}  // namespace shopflow::orders
