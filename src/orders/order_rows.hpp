#pragma once

#include <tuple>
#include <vector>

#include "shopflow/db/array.hpp"
#include "shopflow/orders/types.hpp"

/// Orders as the columns of the statements that write them; see db::JointStatement.
namespace shopflow::orders {

/// Orders that are to be inserted, under the numbers that they have been given.
struct NewOrders {
  db::UuidArray ids, carts;
  db::IntArray sequences;
  db::TextArray emails, shipping_addresses, billing_addresses, methods, currencies;
  db::BigIntArray subtotals, shippings, taxes, totals;
  db::TimestampArray times;
  db::TextArray codes, names;
  db::Slices lines;
  db::UuidArray skus;
  db::IntArray quantities;
  db::BigIntArray prices, line_taxes, line_totals;
  db::IntArray shipped;
  db::BigIntArray numbers;

  static constexpr const char* kText = R"(
INSERT INTO orders (id, number, cart_id, state, version, event_sequence, email, shipping_address, billing_address,
                    shipping_method, currency, subtotal, shipping, tax, total, line_skus, line_codes, line_names,
                    line_quantities, line_prices, line_taxes, line_totals, line_shipped, created_at, updated_at)
OVERRIDING SYSTEM VALUE
SELECT o.id, o.number, o.cart_id, 'pending_payment', 1, o.event_sequence, o.email, o.shipping_address, o.billing_address,
       o.shipping_method, o.currency, o.subtotal, o.shipping, o.tax, o.total, ($19::uuid[])[o.first:o.last],
       o.line_codes::text[], o.line_names::text[], ($20::int4[])[o.first:o.last], ($21::int8[])[o.first:o.last],
       ($22::int8[])[o.first:o.last], ($23::int8[])[o.first:o.last], ($24::int4[])[o.first:o.last], o.at, o.at
FROM (SELECT unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::int4[]), unnest($4::text[]), unnest($5::text[]),
             unnest($6::text[]), unnest($7::text[]), unnest($8::text[]), unnest($9::int8[]), unnest($10::int8[]),
             unnest($11::int8[]), unnest($12::int8[]), unnest($13::timestamptz[]), unnest($14::text[]),
             unnest($15::text[]), unnest($16::int4[]), unnest($17::int4[]), unnest($18::int8[]))
     AS o (id, cart_id, event_sequence, email, shipping_address, billing_address, shipping_method, currency, subtotal,
           shipping, tax, total, at, line_codes, line_names, first, last, number)
)";
  static constexpr std::size_t kParameters = 24;

  /// They have their first version from here on.
  explicit NewOrders(const std::vector<Order*>& orders);
  [[nodiscard]] std::size_t size() const { return ids.size(); }
  [[nodiscard]] auto parameters() const {
    return std::tie(ids, carts, sequences, emails, shipping_addresses, billing_addresses, methods, currencies,
                    subtotals, shippings, taxes, totals, times, codes, names, lines.first, lines.last,
                    numbers, skus, quantities, prices, line_taxes, line_totals, shipped);
  }
};

/// What may change of an order, guarded by the version that it was read with. Each is looked up by its key,
/// which goes to its partition. A range of keys beside it would spare beginning with the others, a
/// microsecond each, but where the table has no statistics yet the range would be read and compared with each
/// of them.
struct ChangedOrders {
  db::UuidArray ids;
  db::TextArray states, reasons, notes;
  db::IntArray versions, sequences, shipped;
  db::Slices lines;
  db::BigIntArray captured, refunded;
  Timestamp now;

  static constexpr const char* kText = R"(
UPDATE orders AS o
SET state = c.state::order_state, version = c.version, event_sequence = c.event_sequence, captured = c.captured,
    refunded = c.refunded, cancel_reason = c.cancel_reason, note = c.note, line_shipped = ($11::int4[])[c.first:c.last],
    updated_at = $12
FROM (SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::int4[]), unnest($4::int4[]), unnest($5::int8[]),
             unnest($6::int8[]), unnest($7::text[]), unnest($8::text[]), unnest($9::int4[]), unnest($10::int4[]))
     AS c (id, state, version, event_sequence, captured, refunded, cancel_reason, note, first, last)
WHERE o.id = c.id AND o.version = c.version - 1
)";
  static constexpr std::size_t kParameters = 12;

  /// Counts their versions up.
  ChangedOrders(const std::vector<Order*>& orders, Timestamp written_at);
  [[nodiscard]] std::size_t size() const { return ids.size(); }
  [[nodiscard]] auto parameters() const {
    return std::tie(ids, states, versions, sequences, captured, refunded, reasons, notes, lines.first,
                    lines.last, shipped, now);
  }
};

}  // namespace shopflow::orders
