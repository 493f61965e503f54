#include "orders/order_repository.hpp"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

#include "shopflow/db/transaction.hpp"

namespace shopflow::orders {
namespace {

#define SHOPFLOW_ORDER_COLUMNS                                                                            \
  "id, number, cart_id, state, version, event_sequence, email, shipping_address, billing_address, "       \
  "shipping_method, currency, subtotal, shipping, tax, total, captured, refunded, cancel_reason, note, "  \
  "created_at, updated_at, line_skus, line_codes, line_names, line_quantities, line_prices, line_taxes, " \
  "line_totals, line_shipped "

// Here and below, the first and the last of the list leave out the partitions that have none of it: the list
// itself does not, and without them each statement would begin with all of them.
const db::Statement kLoad{"orders.load", "SELECT " SHOPFLOW_ORDER_COLUMNS R"(
FROM orders WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3 ORDER BY id FOR NO KEY UPDATE
)"};

const db::Statement kRead{"orders.read", "SELECT " SHOPFLOW_ORDER_COLUMNS "FROM orders WHERE id = $1"};

const db::Statement kList{"orders.list", "SELECT " SHOPFLOW_ORDER_COLUMNS R"(
FROM orders
WHERE ($1::order_state IS NULL OR state = $1) AND ($2::uuid IS NULL OR id < $2)
ORDER BY id DESC LIMIT $3
)"};

// Apart from the list, so that its plan is the one by address.
const db::Statement kListOfEmail{"orders.list_of_email", "SELECT " SHOPFLOW_ORDER_COLUMNS R"(
FROM orders
WHERE lower(email) = lower($4) AND ($1::order_state IS NULL OR state = $1) AND ($2::uuid IS NULL OR id < $2)
ORDER BY id DESC LIMIT $3
)"};

const db::Statement kCarts{"orders.carts_of",
                           "SELECT cart_id FROM orders WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3"};

const db::Statement kUnpaid{"orders.unpaid", R"(
SELECT id, created_at FROM orders
WHERE state = 'pending_payment' AND created_at <= $1 AND (created_at, id) > ($2::timestamptz, $3::uuid)
ORDER BY created_at, id LIMIT $4
)"};

const db::Statement kInsert{"orders.insert", R"(
INSERT INTO orders (id, cart_id, state, version, event_sequence, email, shipping_address, billing_address, shipping_method,
                    currency, subtotal, shipping, tax, total, line_skus, line_codes, line_names, line_quantities,
                    line_prices, line_taxes, line_totals, line_shipped, created_at, updated_at)
SELECT o.id, o.cart_id, 'pending_payment', 1, o.event_sequence, o.email, o.shipping_address, o.billing_address,
       o.shipping_method, o.currency, o.subtotal, o.shipping, o.tax, o.total, ($18::uuid[])[o.first:o.last],
       o.line_codes::text[], o.line_names::text[], ($19::int4[])[o.first:o.last], ($20::int8[])[o.first:o.last],
       ($21::int8[])[o.first:o.last], ($22::int8[])[o.first:o.last], ($23::int4[])[o.first:o.last], o.at, o.at
FROM unnest($1::uuid[], $2::uuid[], $3::int4[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int8[],
            $10::int8[], $11::int8[], $12::int8[], $13::timestamptz[], $14::text[], $15::text[], $16::int4[], $17::int4[])
     AS o (id, cart_id, event_sequence, email, shipping_address, billing_address, shipping_method, currency, subtotal,
           shipping, tax, total, at, line_codes, line_names, first, last)
RETURNING id, number
)"};

const db::Statement kSave{"orders.save", R"(
UPDATE orders AS o
SET state = c.state::order_state, version = c.version, event_sequence = c.event_sequence, captured = c.captured,
    refunded = c.refunded, cancel_reason = c.cancel_reason, note = c.note, line_shipped = ($11::int4[])[c.first:c.last],
    updated_at = $12
FROM unnest($1::uuid[], $2::text[], $3::int4[], $4::int4[], $5::int8[], $6::int8[], $7::text[], $8::text[], $9::int4[],
            $10::int4[])
     AS c (id, state, version, event_sequence, captured, refunded, cancel_reason, note, first, last)
WHERE o.id = c.id AND o.version = c.version - 1 AND o.id BETWEEN $13 AND $14
)"};

/// The identifiers that a statement looks for, and the least and the greatest of them.
struct OrderKeys {
  db::UuidArray ids;
  OrderId first;
  OrderId last;

  void push(OrderId id) {
    first = ids.size() == 0 ? id : std::min(first, id);
    last = ids.size() == 0 ? id : std::max(last, id);
    ids.push(id);
  }
};

std::string texts_of(const Order& order, std::string OrderLine::* member) {
  std::vector<std::string> values;
  values.reserve(order.lines.size());
  for (const auto& line : order.lines) values.push_back(line.*member);
  return db::array_literal(values);
}

void read_lines(db::Row& row, Order& order) {
  const auto skus = row.next<std::vector<Uuid>>();
  auto codes = row.next<std::vector<std::string>>();
  auto names = row.next<std::vector<std::string>>();
  const auto quantities = row.next<std::vector<std::int32_t>>();
  const auto prices = row.next<std::vector<std::int64_t>>();
  const auto taxes = row.next<std::vector<std::int64_t>>();
  const auto totals = row.next<std::vector<std::int64_t>>();
  const auto shipped = row.next<std::vector<std::int32_t>>();
  for (std::size_t i = 0; i < skus.size(); ++i) {
    order.lines.push_back({SkuId{skus[i]}, std::move(codes.at(i)), std::move(names.at(i)), quantities.at(i),
                           prices.at(i), taxes.at(i), totals.at(i), shipped.at(i)});
  }
}

Order read(db::Row row) {
  Order order;
  order.id = row.next<OrderId>();
  order.number = row.next<std::int64_t>();
  order.cart_id = row.next<CartId>();
  order.state = json::value_of<OrderState>(row.next<std::string>()).value();
  order.version = row.next<std::int32_t>();
  order.event_sequence = row.next<std::int32_t>();
  order.email = row.next<std::string>();
  order.shipping_address = row.next<std::string>();
  order.billing_address = row.next<std::optional<std::string>>();
  order.shipping_method = row.next<std::string>();
  order.currency = row.next<Currency>();
  order.subtotal = row.next<std::int64_t>();
  order.shipping = row.next<std::int64_t>();
  order.tax = row.next<std::int64_t>();
  order.total = row.next<std::int64_t>();
  order.captured = row.next<std::int64_t>();
  order.refunded = row.next<std::int64_t>();
  order.cancel_reason = row.next<std::optional<std::string>>();
  order.note = row.next<std::optional<std::string>>();
  order.created_at = row.next<Timestamp>();
  order.updated_at = row.next<Timestamp>();
  read_lines(row, order);
  return order;
}

std::vector<Order> read_all(const db::Rows& rows) {
  std::vector<Order> orders;
  orders.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) orders.push_back(read(rows[i]));
  return orders;
}

/// The columns of the orders to be inserted: one element an order, then one a line.
struct InsertArrays {
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

  void push(const Order& order) {
    ids.push(order.id);
    carts.push(order.cart_id);
    sequences.push(order.event_sequence);
    emails.push(order.email);
    shipping_addresses.push(order.shipping_address);
    billing_addresses.push(order.billing_address);
    methods.push(order.shipping_method);
    currencies.push(order.currency.str());
    subtotals.push(order.subtotal);
    shippings.push(order.shipping);
    taxes.push(order.tax);
    totals.push(order.total);
    times.push(order.created_at);
    codes.push(texts_of(order, &OrderLine::code));
    names.push(texts_of(order, &OrderLine::name));
    lines.push(order.lines.size());
    for (const auto& line : order.lines) {
      skus.push(line.sku_id);
      quantities.push(line.quantity);
      prices.push(line.price);
      line_taxes.push(line.tax);
      line_totals.push(line.total);
      shipped.push(line.shipped);
    }
  }
};

}  // namespace

std::vector<Order> load_orders(db::Transaction& tx, const std::vector<OrderId>& ids) {
  if (ids.empty()) return {};
  OrderKeys wanted;
  for (const auto& id : ids) wanted.push(id);
  return read_all(tx.exec(kLoad, wanted.ids, wanted.first, wanted.last));
}

std::vector<CartId> carts_of(db::Transaction& tx, const std::vector<OrderId>& ids) {
  if (ids.empty()) return {};
  OrderKeys wanted;
  for (const auto& id : ids) wanted.push(id);
  const auto rows = tx.exec(kCarts, wanted.ids, wanted.first, wanted.last);
  std::vector<CartId> carts;
  for (std::size_t i = 0; i < rows.size(); ++i) carts.push_back(rows[i].next<CartId>());
  return carts;
}

std::optional<Order> read_order(db::Transaction& tx, OrderId id) {
  const auto rows = tx.exec(kRead, id);
  if (rows.empty()) return std::nullopt;
  return read(rows[0]);
}

std::vector<Order> list_orders(db::Transaction& tx, const OrderFilter& filter) {
  std::optional<std::string> state;
  if (filter.state) state = std::string{json::name_of(*filter.state)};
  if (!filter.email) return read_all(tx.exec(kList, state, filter.before, filter.count_max));
  return read_all(tx.exec(kListOfEmail, state, filter.before, filter.count_max, *filter.email));
}

std::vector<UnpaidOrder> find_unpaid(db::Transaction& tx, Timestamp created_before, const UnpaidOrder& after,
                                     std::int32_t count_max) {
  const auto rows = tx.exec(kUnpaid, created_before, after.created_at, after.id, count_max);
  std::vector<UnpaidOrder> orders;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    const auto id = row.next<OrderId>();
    orders.push_back({id, row.next<Timestamp>()});
  }
  return orders;
}

void insert_orders(db::Transaction& tx, const std::vector<Order*>& orders) {
  if (orders.empty()) return;
  InsertArrays a;
  std::unordered_map<OrderId, Order*> by_id;
  for (auto* order : orders) {
    a.push(*order);
    by_id.emplace(order->id, order);
  }
  const auto rows = tx.exec(kInsert, a.ids, a.carts, a.sequences, a.emails, a.shipping_addresses,
                            a.billing_addresses, a.methods, a.currencies, a.subtotals, a.shippings, a.taxes,
                            a.totals, a.times, a.codes, a.names, a.lines.first, a.lines.last, a.skus,
                            a.quantities, a.prices, a.line_taxes, a.line_totals, a.shipped);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto& order = *by_id.at(row.next<OrderId>());
    order.number = row.next<std::int64_t>();
    order.version = 1;
  }
}

void save_orders(db::Transaction& tx, std::vector<Order*> orders, Timestamp now) {
  if (orders.empty()) return;
  OrderKeys saved;
  db::TextArray states, reasons, notes;
  db::IntArray versions, sequences, shipped;
  db::Slices lines;
  db::BigIntArray captured, refunded;
  for (auto* order : orders) {
    ++order->version;
    order->updated_at = now;
    saved.push(order->id);
    states.push(json::name_of(order->state));
    versions.push(order->version);
    sequences.push(order->event_sequence);
    captured.push(order->captured);
    refunded.push(order->refunded);
    reasons.push(order->cancel_reason);
    notes.push(order->note);
    lines.push(order->lines.size());
    for (const auto& line : order->lines) shipped.push(line.shipped);
  }
  const auto rows = tx.exec(kSave, saved.ids, states, versions, sequences, captured, refunded, reasons, notes,
                            lines.first, lines.last, shipped, now, saved.first, saved.last);
  if (rows.affected() != orders.size()) throw std::logic_error{"an order has changed under its lock"};
}

}  // namespace shopflow::orders
