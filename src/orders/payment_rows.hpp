#pragma once

#include <tuple>
#include <vector>

#include "shopflow/db/array.hpp"
#include "shopflow/orders/types.hpp"

/// Payments as the columns of the statements that write them; see db::JointStatement.
namespace shopflow::orders {

struct NewPayments {
  db::UuidArray ids, orders;
  db::TextArray providers, states, currencies, refs, attempts;
  db::BigIntArray amounts;
  db::TimestampArray times;

  static constexpr const char* kText = R"(
INSERT INTO payments (id, order_id, provider, state, version, amount, currency, provider_ref, attempt, created_at, updated_at)
SELECT p.id, p.order_id, p.provider, p.state::payment_state, 1, p.amount, p.currency, p.provider_ref, p.attempt, p.at, p.at
FROM (SELECT unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::text[]), unnest($4::text[]), unnest($5::int8[]),
             unnest($6::text[]), unnest($7::text[]), unnest($8::text[]), unnest($9::timestamptz[]))
     AS p (id, order_id, provider, state, amount, currency, provider_ref, attempt, at)
)";
  static constexpr std::size_t kParameters = 9;

  /// They have their first version from here on.
  explicit NewPayments(const std::vector<Payment*>& payments);
  [[nodiscard]] std::size_t size() const { return ids.size(); }
  [[nodiscard]] auto parameters() const {
    return std::tie(ids, orders, providers, states, amounts, currencies, refs, attempts, times);
  }
};

/// What may change of a payment, guarded by the version that it was read with.
struct ChangedPayments {
  db::UuidArray ids, orders;
  db::TextArray states, refs, methods, actions, problems, attempts;
  db::IntArray versions;
  db::BigIntArray captured, refunded;
  db::BoolArray surplus;
  Timestamp now;

  static constexpr const char* kText = R"(
UPDATE payments AS p
SET state = c.state::payment_state, version = c.version, captured = c.captured, refunded = c.refunded, surplus = c.surplus,
    provider_ref = c.provider_ref, method = c.method, next_action = c.next_action, error_code = c.error_code,
    attempt = c.attempt, updated_at = $12
FROM (SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::int4[]), unnest($4::int8[]), unnest($5::int8[]),
             unnest($6::bool[]), unnest($7::text[]), unnest($8::text[]), unnest($9::text[]), unnest($10::text[]),
             unnest($11::text[]), unnest($13::uuid[]))
     AS c (id, state, version, captured, refunded, surplus, provider_ref, method, next_action, error_code, attempt, order_id)
WHERE p.order_id = c.order_id AND p.id = c.id AND p.version = c.version - 1
)";
  static constexpr std::size_t kParameters = 13;

  /// Counts their versions up.
  ChangedPayments(const std::vector<Payment*>& payments, Timestamp written_at);
  [[nodiscard]] std::size_t size() const { return ids.size(); }
  [[nodiscard]] auto parameters() const {
    return std::tie(ids, states, versions, captured, refunded, surplus, refs, methods, actions, problems,
                    attempts, now, orders);
  }
};

}  // namespace shopflow::orders
