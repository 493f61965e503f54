#include "shopflow/orders/audit.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "shopflow/carts/types.hpp"
#include "shopflow/db/differences.hpp"
#include "shopflow/db/receipts.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/orders/order_states.hpp"

namespace shopflow::orders {
namespace {

const db::Statement kMoney{"orders.audit_money", R"(
WITH paid AS (
  SELECT order_id, sum(captured) AS captured, sum(refunded) AS refunded,
         count(*) FILTER (WHERE state = 'succeeded' AND NOT surplus) AS payments
  FROM payments GROUP BY order_id
), back AS (
  SELECT order_id, sum(amount) FILTER (WHERE state = 'succeeded') AS done,
         sum(amount) FILTER (WHERE state <> 'failed') AS under_way
  FROM refunds GROUP BY order_id
)
SELECT c.name, o.id, c.expected, c.found
FROM orders AS o LEFT JOIN paid AS p ON p.order_id = o.id LEFT JOIN back AS b ON b.order_id = o.id,
     LATERAL (VALUES ('orders.captured equals its payments', coalesce(p.captured, 0), o.captured),
                     ('orders.refunded equals its refunds', coalesce(b.done, 0), o.refunded),
                     ('orders.refunded equals its payments', coalesce(p.refunded, 0), o.refunded),
                     ('no more goes back than came', 0,
                      greatest(coalesce(b.under_way, 0) - o.captured, 0)),
                     ('a paid order has one payment that paid it',
                      CASE WHEN o.state = 'pending_payment' THEN 0 WHEN o.state <> 'cancelled' THEN 1
                           ELSE coalesce(p.payments, 0) END, coalesce(p.payments, 0)))
             AS c (name, expected, found)
WHERE c.expected <> c.found ORDER BY o.id, c.name LIMIT 1000
)"};

const db::Statement kPayments{"orders.audit_payments", R"(
SELECT 'payments.refunded equals its refunds', p.id, coalesce(sum(r.amount), 0), p.refunded
FROM payments AS p LEFT JOIN refunds AS r ON r.order_id = p.order_id AND r.payment_id = p.id AND r.state = 'succeeded'
GROUP BY p.order_id, p.id HAVING coalesce(sum(r.amount), 0) <> p.refunded ORDER BY p.id LIMIT 1000
)"};

// Also what is only on its way back; what the provider has refused stays here until somebody asks anew.
const db::Statement kOwed{"orders.audit_owed", R"(
SELECT 'money without an order goes back', p.id, p.captured, coalesce(sum(r.amount), 0)
FROM payments AS p JOIN orders AS o ON o.id = p.order_id
     LEFT JOIN refunds AS r ON r.order_id = p.order_id AND r.payment_id = p.id AND r.state <> 'failed'
WHERE p.captured > 0 AND (p.surplus OR o.state = 'cancelled')
GROUP BY p.order_id, p.id HAVING coalesce(sum(r.amount), 0) <> p.captured ORDER BY p.id LIMIT 1000
)"};

const db::Statement kNumbers{"orders.audit_numbers", R"(
SELECT 'an order has its number to itself', min(id::text)::uuid, 1::int8, count(*)
FROM orders GROUP BY number HAVING count(*) > 1 ORDER BY 2 LIMIT 1000
)"};

const db::Statement kTotals{"orders.audit_totals", R"(
SELECT c.name, o.id, c.expected, c.found
FROM orders AS o,
     LATERAL (SELECT sum(l.total) AS net, sum(l.price * l.quantity) AS multiplied, sum(l.tax) AS tax
              FROM unnest(o.line_totals, o.line_prices, o.line_quantities, o.line_taxes) AS l (total, price, quantity, tax))
             AS s,
     LATERAL (VALUES ('orders.total equals its parts', o.subtotal + o.shipping + o.tax, o.total),
                     ('orders.subtotal equals its lines', s.net, o.subtotal),
                     ('line totals equal price by quantity', s.multiplied, s.net),
                     ('line taxes are within the tax', least(s.tax, o.tax), s.tax)) AS c (name, expected, found)
WHERE c.expected <> c.found ORDER BY o.id, c.name LIMIT 1000
)"};

// What money does and what holds do is told in the transaction that writes it down. A hold that has lapsed
// stays so whatever comes of the order. The cart of an old order that waits for nothing may have been cleared
// away. The amounts are looked for in the text, since an event that nobody can read must not end the audit.
const db::Statement kTold{"orders.audit_told", R"(
WITH told AS (
  SELECT aggregate_id, count(*) AS events, max(sequence) AS last, bool_or(type = 'ReservationExpired') AS lapsed,
         count(*) FILTER (WHERE type = 'PaymentReceived') AS payments,
         sum(substring(data FROM '"amount":\{"amount":(\d+)')::int8) FILTER (WHERE type = 'PaymentReceived') AS came,
         count(*) FILTER (WHERE type = 'RefundProcessed') AS refunds,
         sum(substring(data FROM '"amount":\{"amount":(\d+)')::int8) FILTER (WHERE type = 'RefundProcessed') AS went
  FROM events WHERE aggregate = 'order' GROUP BY aggregate_id
), paid AS (
  SELECT order_id, count(*) AS payments, sum(captured) AS captured FROM payments
  WHERE state = 'succeeded' AND NOT surplus GROUP BY order_id
), back AS (
  SELECT order_id, count(*) AS refunds, sum(amount) AS amount FROM refunds WHERE state = 'succeeded' GROUP BY order_id
), different AS MATERIALIZED (
  SELECT coalesce(c.name, 'the cart of an order that is ' || o.state || ' is ' || stage.due || ', not ' || stage.found) AS name,
         o.id, c.expected, c.found
  FROM orders AS o LEFT JOIN told AS t ON t.aggregate_id = o.id LEFT JOIN paid AS p ON p.order_id = o.id
       LEFT JOIN back AS b ON b.order_id = o.id LEFT JOIN carts ON carts.id = o.cart_id AND carts.order_id = o.id,
       LATERAL (SELECT CASE WHEN t.lapsed THEN 'expired' WHEN t.payments > 0 THEN 'sold' WHEN o.state = 'cancelled' THEN 'released'
                            WHEN carts.stage = 'payment' THEN 'payment' ELSE 'checkout' END AS due,
                       coalesce(carts.stage::text, 'missing') AS found) AS stage,
       LATERAL (VALUES ('an order''s events are all there', o.event_sequence, coalesce(t.events, 0)),
                       ('an order''s events have no gap', o.event_sequence, coalesce(t.last, 0)),
                       ('a payment that paid has its PaymentReceived', coalesce(p.payments, 0), coalesce(t.payments, 0)),
                       ('PaymentReceived tells what came', coalesce(p.captured, 0), coalesce(t.came, 0)),
                       ('a refund that was paid out has its RefundProcessed', coalesce(b.refunds, 0), coalesce(t.refunds, 0)),
                       ('RefundProcessed tells what went back', coalesce(b.amount, 0), coalesce(t.went, 0)),
                       ('an unpaid order is looked at by the clock, and no other', CASE WHEN o.state = 'pending_payment' THEN 1 ELSE 0 END,
                        CASE WHEN carts.next_deadline IS NULL OR carts.stage = 'expired'
                         AND carts.next_deadline > uuid7_time(o.id) + interval '1 year 1 day' THEN 0 ELSE 1 END),
                       (NULL, 1, CASE WHEN stage.due = stage.found THEN 1
                                      WHEN o.state <> 'pending_payment' AND o.id < $1
                                       AND NOT EXISTS (SELECT FROM carts AS any_cart WHERE any_cart.id = o.cart_id) THEN 1
                                      ELSE 0 END))
               AS c (name, expected, found)
  WHERE c.expected <> c.found
)
SELECT name, id, expected, found FROM different ORDER BY id, name LIMIT 1000
)"};

// Few histories are different, so each is replayed once. `!` marks the parcel with which an order was
// complete.
const db::Statement kHistories{"orders.audit_histories", R"(
WITH histories AS (
  SELECT aggregate_id,
         string_agg(type || CASE WHEN type = 'OrderShipped' AND data LIKE '%"complete":true%' THEN '!' ELSE '' END,
                    ',' ORDER BY sequence) AS history
  FROM events WHERE aggregate = 'order' GROUP BY aggregate_id
)
SELECT h.history, o.state::text, min(o.id::text)::uuid, count(*)
FROM histories AS h JOIN orders AS o ON o.id = h.aggregate_id
GROUP BY h.history, o.state
)"};

constexpr std::string_view kCheckout = "POST /v1/carts/{id}/checkout";
constexpr std::size_t kDifferencesMax = 1'000;  // of each check

// A subquery for one value keeps to the key, where a join may compare every answer with every order.
const db::Statement kUnknown{"orders.audit_unknown", R"(
SELECT kept.id FROM unnest($1::uuid[]) AS kept (id)
WHERE (SELECT o.id FROM orders AS o WHERE o.id = kept.id LIMIT 1) IS NULL LIMIT 100
)"};

// All else starts from the orders that are there, and of one that is gone would know nothing. What is lost is
// gathered first, so that the planner does not take a hundred for soon found.
const db::Statement kLost{"orders.audit_lost", R"(
WITH lost AS MATERIALIZED (
  SELECT named.what, named.id
  FROM (SELECT DISTINCT 'the order of an event is there' AS what, aggregate_id AS id FROM events WHERE aggregate = 'order'
        UNION ALL
        SELECT DISTINCT 'the order of a payment is there', order_id FROM payments
        UNION ALL
        SELECT DISTINCT 'the order of a refund is there', order_id FROM refunds
        UNION ALL
        SELECT 'the order of a cart is there', order_id FROM carts WHERE order_id IS NOT NULL) AS named (what, id)
  WHERE NOT EXISTS (SELECT FROM orders AS o WHERE o.id = named.id)
)
SELECT what, id, 1::int8, 0::int8 FROM lost ORDER BY id, what LIMIT 100
)"};

std::optional<OrderId> order_in(std::string_view answer) {
  constexpr std::string_view kName = R"("id":")";
  const auto at = answer.find(R"("id":"ord_)");
  if (at == std::string_view::npos) return std::nullopt;
  answer.remove_prefix(at + kName.size());
  return OrderId::parse(answer.substr(0, answer.find('"')));
}

/// The answers to checkouts, for as long as they are kept.
void compare_answers(db::Transaction& tx, std::vector<Difference>& differences) {
  std::map<OrderId, std::int64_t> named;
  std::size_t nameless = 0;
  db::for_each_answer(tx, kCheckout, 201, [&](const Uuid& place, const std::string& answer) {
    if (const auto order = order_in(answer)) {
      ++named[*order];
    } else if (++nameless <= kDifferencesMax) {
      differences.push_back({"the kept answer to a checkout names its order", to_hyphenated(place), 1, 0});
    }
  });
  std::size_t repeated = 0;
  db::UuidArray orders;
  for (const auto& [order, count] : named) {
    orders.push(order);
    if (count > 1 && ++repeated <= kDifferencesMax)
      differences.push_back({"an order answered one Idempotency-Key", order.str(), 1, count});
  }
  const auto unknown = tx.exec(kUnknown, orders);
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    auto row = unknown[i];
    differences.push_back({"the order of a kept answer is there", row.next<OrderId>().str(), 1, 0});
  }
}

std::optional<OrderState> replay_all(std::string_view history) {
  std::optional<OrderState> state;
  while (!history.empty()) {
    const auto comma = history.find(',');
    auto event = history.substr(0, comma);
    const bool complete = event.ends_with('!');
    if (complete) event.remove_suffix(1);
    state = replay(state, event, complete);
    if (!state) return std::nullopt;
    history.remove_prefix(comma == std::string_view::npos ? history.size() : comma + 1);
  }
  return state;
}

void compare_histories(db::Transaction& tx, std::vector<Difference>& differences) {
  const auto rows = tx.exec(kHistories);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    const auto history = row.next<std::string>();
    const auto state = json::value_of<OrderState>(row.next<std::string>());
    const auto one_of_them = row.next<OrderId>();
    const auto count = row.next<std::int64_t>();
    if (replay_all(history) == state) continue;
    differences.push_back(
        {"an order's state is what its events lead to (" + history + ")", one_of_them.str(), 0, count});
  }
}

}  // namespace

std::vector<Difference> audit_orders(db::Transaction& tx, Timestamp now) {
  std::vector<Difference> differences;
  db::add_differences<OrderId>(tx.exec(kMoney), differences);
  db::add_differences<PaymentId>(tx.exec(kPayments), differences);
  db::add_differences<PaymentId>(tx.exec(kOwed), differences);
  db::add_differences<OrderId>(tx.exec(kNumbers), differences);
  db::add_differences<OrderId>(tx.exec(kTotals), differences);
  db::add_differences<OrderId>(tx.exec(kTold, uuid7_floor(now - carts::kIdleMax)), differences);
  db::add_differences<OrderId>(tx.exec(kLost), differences);
  compare_histories(tx, differences);
  compare_answers(tx, differences);
  return differences;
}

}  // namespace shopflow::orders
