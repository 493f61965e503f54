#include "carts/repository.hpp"

#include <algorithm>
#include <stdexcept>

#include "shopflow/carts/cart_rows.hpp"
#include "shopflow/carts/reservations.hpp"
#include "shopflow/core/distinct.hpp"
#include "shopflow/db/joint_statement.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::carts {
namespace {

#define SHOPFLOW_CART_COLUMNS                                                                 \
  "id, stage::text, version, order_id, sku_ids, quantities, held, deadlines, next_deadline, " \
  "event_sequence, updated_at "

const db::Statement kLock{"carts.lock", "SELECT " SHOPFLOW_CART_COLUMNS R"(
FROM carts WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
)"};

const db::Statement kRead{"carts.read", "SELECT " SHOPFLOW_CART_COLUMNS "FROM carts WHERE id = $1"};

const db::Statement kReadMany{"carts.read_many", "SELECT " SHOPFLOW_CART_COLUMNS R"(
FROM carts WHERE id = ANY ($1::uuid[])
)"};

const db::Statement kReadMarks{"carts.read_marks",
                               "SELECT id, version, updated_at FROM carts WHERE id = ANY ($1::uuid[])"};

const db::Statement kInsert{"carts.insert", R"(
INSERT INTO carts (id, stage, version, sku_ids, quantities, held, deadlines, next_deadline, updated_at)
SELECT n.id, 'cart', 1, '{}', '{}', '{}', '{}', $2, $3
FROM unnest($1::uuid[]) AS n (id)
ON CONFLICT (id) DO NOTHING
)"};

const db::Statement kUpdate{"carts.update", ChangedCarts::kText};

// Bounds are few beside what has none, so one partial index serves carts, orders' reservations and unpaid
// orders alike.
const db::Statement kDueCarts{"carts.due", R"(
SELECT id, next_deadline FROM carts
WHERE next_deadline <= $1 AND (next_deadline, id) > ($2::timestamptz, $3::uuid) AND stage = 'cart'
ORDER BY next_deadline, id LIMIT $4
)"};

const db::Statement kDueOrders{"carts.due_orders", R"(
SELECT id, order_id, stage::text, next_deadline, coalesce((SELECT max(line) FROM unnest(deadlines) AS line), next_deadline)
FROM carts
WHERE next_deadline <= $1 AND (next_deadline, id) > ($2::timestamptz, $3::uuid)
  AND stage IN ('checkout', 'payment', 'expired')
ORDER BY next_deadline, id LIMIT $4
)"};

// The version stays, since nobody decides over the bound. Only an order's own batch overwrites it without a
// lock, with an earlier one, or with none when nobody needs to look any more.
// It is found by its key: the index over bounds would give all that have the one that was seen.
const db::Statement kPutOff{"carts.put_off_looks", R"(
UPDATE carts AS c SET next_deadline = free.next
FROM (SELECT l.id, l.next
      FROM (SELECT unnest($1::uuid[]), unnest($2::timestamptz[]), unnest($3::timestamptz[])) AS l (id, seen, next),
           LATERAL (SELECT FROM carts AS locked WHERE locked.id = l.id AND locked.next_deadline IS NOT DISTINCT FROM l.seen
                    FOR NO KEY UPDATE SKIP LOCKED) AS locked) AS free
WHERE c.id = free.id
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

std::vector<CartState> select_carts(db::Transaction& tx, const db::Statement& statement,
                                    std::span<const CartId> ids) {
  const auto rows = tx.exec(statement, db::UuidArray{ids});
  std::vector<CartState> carts;
  carts.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) carts.push_back(read_row(rows[i]));
  return carts;
}

}  // namespace

std::vector<CartState> load_carts(db::Transaction& tx, std::vector<CartId> ids) {
  if (ids.empty()) return {};
  keep_distinct(ids);
  return select_carts(tx, kLock, ids);
}

std::vector<CartState> read_carts(db::Transaction& tx, std::span<const CartId> ids) {
  return select_carts(tx, kReadMany, ids);
}

std::optional<CartState> read_cart(db::Transaction& tx, const CartId& id) {
  const auto rows = tx.exec(kRead, id);
  if (rows.empty()) return std::nullopt;
  return read_row(rows[0]);
}

std::vector<CartMark> read_marks(db::Transaction& tx, std::span<const CartId> ids) {
  const auto rows = tx.exec(kReadMarks, db::UuidArray{ids});
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
  const ChangedCarts changed{carts, now};
  if (changed.size() == 0) return;
  if (db::write_rows(tx, kUpdate, changed).affected() != changed.size())
    throw std::logic_error{"a locked cart has changed"};
}

void insert_carts(db::Transaction& tx, std::vector<CartId> ids, Timestamp now, Timestamp next_deadline) {
  if (ids.empty()) return;
  // Two servers may write the same ones, and the second waits for the first.
  std::ranges::sort(ids);
  const db::UuidArray written{ids};
  const Timestamp bound = std::chrono::floor<std::chrono::milliseconds>(next_deadline);
  tx.exec(kInsert, written, bound, now);
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
  const auto rows = tx.exec(kDueOrders, now, after.bound, after.cart_id, count_max);
  std::vector<DueReservation> due;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    const auto cart = row.next<CartId>();
    const auto order = row.next<OrderId>();
    const auto stage = read_stage(row.next<std::string>());
    const auto bound = row.next<Timestamp>();
    due.push_back({cart, order, stage, bound, row.next<Timestamp>()});
  }
  return due;
}

void put_off_looks(db::Transaction& tx, std::span<const Look> looks) {
  db::UuidArray ids;
  db::TimestampArray seen;
  db::TimestampArray next;
  for (const auto& look : looks) {
    ids.push(look.cart_id);
    seen.push(look.seen);
    next.push(look.next);
  }
  tx.exec(kPutOff, ids, seen, next);
}

}  // namespace shopflow::carts
