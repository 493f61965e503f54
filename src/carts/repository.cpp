#include "carts/repository.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "shopflow/carts/reservations.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/inventory/movement_names.hpp"

namespace shopflow::carts {
namespace {

const db::Statement kLock{"carts.lock", R"(
SELECT id, stage::text, version, order_id, sku_ids, quantities, held, deadlines, next_deadline, event_sequence, updated_at
FROM carts WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
)"};

const db::Statement kRead{"carts.read", R"(
SELECT id, stage::text, version, order_id, sku_ids, quantities, held, deadlines, next_deadline, event_sequence, updated_at
FROM carts WHERE id = $1
)"};

const db::Statement kReadMarks{"carts.read_marks",
                               "SELECT id, version, updated_at FROM carts WHERE id = ANY ($1::uuid[])"};

const db::Statement kInsert{"carts.insert", R"(
INSERT INTO carts (id, stage, version, sku_ids, quantities, held, deadlines, updated_at)
SELECT id, 'cart', 1, '{}', '{}', '{}', '{}', $2 FROM unnest($1::uuid[]) AS id
)"};

const db::Statement kUpdate{"carts.update", R"(
UPDATE carts c
SET stage = n.stage::reservation_stage, version = c.version + 1, order_id = n.order_id,
    sku_ids = ($9::uuid[])[n.first:n.last], quantities = ($10::int4[])[n.first:n.last],
    held = ($11::int4[])[n.first:n.last], deadlines = ($12::timestamptz[])[n.first:n.last],
    next_deadline = n.next_deadline, event_sequence = n.event_sequence, updated_at = $13
FROM unnest($1::uuid[], $2::int4[], $3::text[], $4::uuid[], $5::timestamptz[], $6::int4[], $7::int4[], $8::int4[])
     AS n (id, version, stage, order_id, next_deadline, event_sequence, first, last)
WHERE c.id = n.id AND c.version = n.version
)"};

// The stock and its ledger belong to the inventory; they are written here too, since one statement saves all
// round trips but one, and under load nine tenths of the time for which the rows are locked. The carts come
// before the stock because the condition is read from left to right.
const db::Statement kQuick{"carts.write_quickly", R"(
WITH made AS (
  INSERT INTO carts (id, stage, version, sku_ids, quantities, held, deadlines, updated_at)
  SELECT id, 'cart', 1, '{}', '{}', '{}', '{}', $1 FROM unnest($2::uuid[]) AS id
), changed AS (
  UPDATE carts c
  SET version = c.version + 1, sku_ids = ($7::uuid[])[n.first:n.last], quantities = ($8::int4[])[n.first:n.last],
      held = ($9::int4[])[n.first:n.last], deadlines = ($10::timestamptz[])[n.first:n.last],
      next_deadline = n.next_deadline, updated_at = $1
  FROM unnest($3::uuid[], $4::int4[], $5::int4[], $6::int4[], $11::timestamptz[]) AS n (id, version, first, last, next_deadline)
  WHERE c.id = n.id AND c.version = n.version
  RETURNING c.id
), moved AS (
  UPDATE stock s
  SET held = s.held + m.units
  FROM unnest($12::uuid[], $13::int4[]) AS m (sku_id, units)
  WHERE s.sku_id = m.sku_id AND s.location_id = 1 AND s.sellable
    AND s.on_hand - s.held - s.sold >= m.units
    AND (s.on_hand - s.held - s.sold = 0) = (s.on_hand - s.held - s.sold = m.units)
    AND (s.on_hand - s.held - s.sold <= s.low_stock_at OR s.on_hand - s.held - s.sold - m.units > s.low_stock_at)
  RETURNING s.sku_id
), noted AS (
  INSERT INTO stock_ledger (id, sku_id, location_id, movement, quantity, cause, cause_id, occurred_at)
  SELECT e.id, e.sku_id, 1, e.movement::stock_movement, e.quantity, 'cart', e.cart_id, $1
  FROM unnest($14::uuid[], $15::uuid[], $16::text[], $17::int4[], $18::uuid[])
       AS e (id, sku_id, movement, quantity, cart_id)
), kept AS (
  INSERT INTO receipts (scope, key, fingerprint, status, body, created_at)
  SELECT r.scope, r.key, r.fingerprint, r.status, r.body, $1
  FROM unnest($21::text[], $22::text[], $23::bytea[], $24::int2[], $25::text[]) AS r (scope, key, fingerprint, status, body)
)
SELECT batch_must_fit((SELECT count(*) FROM changed) = $19 AND (SELECT count(*) FROM moved) = $20)
)"};

// Deadlines are few beside what has none, so one partial index serves carts and orders' reservations alike.
const db::Statement kDueCarts{"carts.due", R"(
SELECT id, next_deadline FROM carts
WHERE next_deadline <= $1 AND (next_deadline, id) > ($2::timestamptz, $3::uuid) AND stage = 'cart'
ORDER BY next_deadline, id LIMIT $4
)"};

const db::Statement kDueOrders{"carts.due_orders", R"(
SELECT id, order_id, stage::text, next_deadline FROM carts
WHERE next_deadline <= $1 AND (next_deadline, id) > ($2::timestamptz, $3::uuid) AND stage IN ('checkout', 'payment')
ORDER BY next_deadline, id LIMIT $4
)"};

const db::Statement kNextOrderDeadline{"carts.next_order_deadline", R"(
SELECT min(next_deadline) FROM carts WHERE next_deadline IS NOT NULL AND stage IN ('checkout', 'payment')
)"};

Stage read_stage(const std::string& text) {
  const auto stage = json::value_of<Stage>(text);
  if (!stage) throw std::logic_error{"unknown stage " + text};
  return *stage;
}

CartState read_row(db::Row row) {
  CartState cart;
  cart.id = row.next<CartId>();
  cart.stage = read_stage(row.next<std::string>());
  cart.version = row.next<std::int32_t>();
  cart.order_id = row.next<std::optional<OrderId>>();
  const auto skus = row.next<std::vector<SkuId>>();
  const auto quantities = row.next<std::vector<std::int32_t>>();
  const auto held = row.next<std::vector<std::int32_t>>();
  const auto deadlines = row.next<std::vector<Timestamp>>();
  if (quantities.size() != skus.size() || held.size() != skus.size() || deadlines.size() != skus.size())
    throw std::logic_error{"the lines of cart " + cart.id.str() + " do not match"};
  cart.lines.reserve(skus.size());
  for (std::size_t i = 0; i < skus.size(); ++i)
    cart.lines.push_back({skus[i], quantities[i], held[i], deadlines[i]});
  cart.next_deadline = row.next<std::optional<Timestamp>>();
  cart.event_sequence = row.next<std::int32_t>();
  cart.updated_at = row.next<Timestamp>();
  return cart;
}

/// The columns of the carts to be written: one element a cart, then one a line.
struct Columns {
  db::UuidArray ids;
  db::IntArray versions;
  db::TextArray stages;
  db::UuidArray orders;
  db::TimestampArray next_deadlines;
  db::IntArray sequences;
  db::Slices lines;
  db::UuidArray skus;
  db::IntArray quantities;
  db::IntArray held;
  db::TimestampArray deadlines;

  void push(const CartState& cart) {
    ids.push(cart.id);
    versions.push(cart.version);
    stages.push(json::name_of(cart.stage));
    orders.push(cart.order_id);
    next_deadlines.push(cart.next_deadline);
    sequences.push(cart.event_sequence);
    lines.push(cart.lines.size());
    for (const auto& line : cart.lines) {
      skus.push(line.sku_id);
      quantities.push(line.quantity);
      held.push(line.held);
      deadlines.push(line.deadline);
    }
  }
};

/// What the carts of a batch do to the stock: one element a SKU, in the order of their locks, then one a
/// movement.
struct Moves {
  db::UuidArray skus;
  db::IntArray units;
  db::UuidArray ids;
  db::UuidArray moved_skus;
  db::TextArray movements;
  db::IntArray quantities;
  db::UuidArray carts;

  void push(const inventory::StockBook& book, Timestamp now) {
    // A SKU whose units come and go alike is guarded too: somebody has taken some.
    std::map<SkuId, std::int32_t> net;
    for (const auto& entry : book.entries()) {
      const bool holds = entry.movement == inventory::Movement::hold;
      net[entry.sku_id] += holds ? entry.quantity : -entry.quantity;
      ids.push(make_uuid7(now));
      moved_skus.push(entry.sku_id);
      movements.push(json::name_of(entry.movement));
      quantities.push(entry.quantity);
      carts.push(entry.cause.id);
    }
    for (const auto& [sku, sum] : net) {
      skus.push(sku);
      units.push(sum);
    }
  }
};

}  // namespace

std::vector<CartState> load_carts(db::Transaction& tx, std::vector<CartId> ids) {
  if (ids.empty()) return {};
  std::ranges::sort(ids);
  const auto repeated = std::ranges::unique(ids);
  ids.erase(repeated.begin(), repeated.end());
  db::UuidArray wanted;
  for (const auto& id : ids) wanted.push(id);
  const auto rows = tx.exec(kLock, wanted);
  std::vector<CartState> carts;
  carts.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) carts.push_back(read_row(rows[i]));
  return carts;
}

std::optional<CartState> read_cart(db::Transaction& tx, const CartId& id) {
  const auto rows = tx.exec(kRead, id);
  if (rows.empty()) return std::nullopt;
  return read_row(rows[0]);
}

std::vector<CartMark> read_marks(db::Transaction& tx, std::span<const CartId> ids) {
  db::UuidArray wanted;
  for (const auto& id : ids) wanted.push(id);
  const auto rows = tx.exec(kReadMarks, wanted);
  std::vector<CartMark> marks;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto& mark = marks.emplace_back();
    mark.id = row.next<CartId>();
    mark.version = row.next<std::int32_t>();
    mark.updated_at = row.next<Timestamp>();
  }
  return marks;
}

void save_carts(db::Transaction& tx, std::span<CartState> carts, Timestamp now) {
  Columns columns;
  for (const auto& cart : carts) {
    if (cart.changed) columns.push(cart);
  }
  if (columns.ids.size() == 0) return;
  const auto rows =
      tx.exec(kUpdate, columns.ids, columns.versions, columns.stages, columns.orders, columns.next_deadlines,
              columns.sequences, columns.lines.first, columns.lines.last, columns.skus, columns.quantities,
              columns.held, columns.deadlines, now);
  if (rows.affected() != columns.ids.size()) throw std::logic_error{"a locked cart has changed"};
  for (auto& cart : carts) {
    if (!cart.changed) continue;
    ++cart.version;
    cart.updated_at = now;
    cart.changed = false;
  }
}

void insert_carts(db::Transaction& tx, std::span<CartState> carts, Timestamp now) {
  if (carts.empty()) return;
  db::UuidArray ids;
  for (auto& cart : carts) {
    ids.push(cart.id);
    cart.version = 1;
    cart.updated_at = now;
  }
  tx.exec(kInsert, ids, now);
}

void write_quickly(db::Transaction& tx, std::span<const CartState> made, std::span<const CartState> changed,
                   const inventory::StockBook& book, const std::vector<db::Receipt>& receipts,
                   Timestamp now) {
  db::UuidArray new_ids;
  for (const auto& cart : made) new_ids.push(cart.id);
  Columns carts;
  for (const auto& cart : changed) carts.push(cart);
  Moves moves;
  moves.push(book, now);
  db::ReceiptColumns kept;
  for (const auto& receipt : receipts) kept.push(receipt);
  tx.exec(kQuick, now, new_ids, carts.ids, carts.versions, carts.lines.first, carts.lines.last, carts.skus,
          carts.quantities, carts.held, carts.deadlines, carts.next_deadlines, moves.skus, moves.units,
          moves.ids, moves.moved_skus, moves.movements, moves.quantities, moves.carts, carts.ids.size(),
          moves.skus.size(), kept.scopes, kept.keys, kept.fingerprints, kept.statuses, kept.bodies);
}

std::vector<DueCart> find_due_carts(db::Transaction& tx, Timestamp now, const DueCart& after,
                                    std::int32_t count_max) {
  const auto rows = tx.exec(kDueCarts, now, after.next_deadline, after.id, count_max);
  std::vector<DueCart> due;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    const auto id = row.next<CartId>();
    due.push_back({id, row.next<Timestamp>()});
  }
  return due;
}

std::vector<DueReservation> find_due_orders(db::Transaction& tx, Timestamp now, const DueReservation& after,
                                            std::int32_t count_max) {
  const auto rows = tx.exec(kDueOrders, now, after.deadline, after.cart_id, count_max);
  std::vector<DueReservation> due;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    const auto cart = row.next<CartId>();
    const auto order = row.next<OrderId>();
    const auto stage = read_stage(row.next<std::string>());
    due.push_back({cart, order, stage, row.next<Timestamp>()});
  }
  return due;
}

std::optional<Timestamp> next_order_deadline(db::Transaction& tx) {
  return tx.exec(kNextOrderDeadline)[0].next<std::optional<Timestamp>>();
}

}  // namespace shopflow::carts
