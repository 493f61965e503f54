#include "carts/quick_repository.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "shopflow/carts/cart_rows.hpp"
#include "shopflow/core/distinct.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/inventory/movement_names.hpp"

namespace shopflow::carts {
namespace {

// As an array, or a plan that is made early reads the stock of the whole location.
constexpr std::int16_t kLocation = 1;

// The stock and its ledger belong to the inventory; they are written here too, since one statement saves all
// round trips but one, and under load nine tenths of the time for which the rows are locked. The condition is
// read from left to right: the stock, which other lanes want too, comes last and is locked for the commit
// alone. Units that one command of the batch takes and a later one gives back have to be there too.
constexpr std::string_view kLines = R"(
changed AS (
  UPDATE carts c
  SET version = c.version + 1, sku_ids = ($6::uuid[])[n.first:n.last], quantities = ($7::int4[])[n.first:n.last],
      held = ($8::int4[])[n.first:n.last], deadlines = ($9::timestamptz[])[n.first:n.last],
      next_deadline = n.next_deadline, updated_at = $1
  FROM (SELECT unnest($2::uuid[]), unnest($3::int4[]), unnest($4::int4[]), unnest($5::int4[]),
               unnest($10::timestamptz[])) AS n (id, version, first, last, next_deadline)
  WHERE n.version > 0 AND c.id = n.id AND c.version = n.version AND c.stage = 'cart'
  RETURNING c.id
), moved AS (
  UPDATE stock s
  SET held = s.held + m.units
  FROM (SELECT unnest($11::uuid[]), unnest($12::int4[]), unnest($13::int2[]), unnest($21::int4[]))
       AS m (sku_id, units, location_id, peak)
  WHERE s.sku_id = m.sku_id AND s.location_id = m.location_id AND s.sellable
    AND s.on_hand - s.held - s.sold >= m.peak
    AND (s.on_hand - s.held - s.sold = 0) = (s.on_hand - s.held - s.sold = m.units)
    AND (s.on_hand - s.held - s.sold <= s.low_stock_at OR s.on_hand - s.held - s.sold - m.units > s.low_stock_at)
  RETURNING s.sku_id
), noted AS (
  INSERT INTO stock_ledger (id, sku_id, location_id, movement, quantity, cause, cause_id, occurred_at)
  SELECT e.id, e.sku_id, 1, e.movement::stock_movement, e.quantity, 'cart', e.cart_id, $1
  FROM (SELECT unnest($14::uuid[]), unnest($15::uuid[]), unnest($16::text[]), unnest($17::int4[]), unnest($18::uuid[]))
       AS e (id, sku_id, movement, quantity, cart_id)
  RETURNING 1
))";
// A cart of the version 0 has no row yet, unless another server has written one meanwhile.
constexpr std::string_view kMadeAndKept = R"(made AS (
  INSERT INTO carts (id, stage, version, sku_ids, quantities, held, deadlines, next_deadline, updated_at)
  SELECT n.id, 'cart', 1, ($6::uuid[])[n.first:n.last], ($7::int4[])[n.first:n.last],
         ($8::int4[])[n.first:n.last], ($9::timestamptz[])[n.first:n.last], n.next_deadline, $1
  FROM (SELECT unnest($2::uuid[]), unnest($3::int4[]), unnest($4::int4[]), unnest($5::int4[]),
               unnest($10::timestamptz[])) AS n (id, version, first, last, next_deadline)
  WHERE n.version = 0
  ON CONFLICT (id) DO NOTHING
  RETURNING 1
), kept AS (
  INSERT INTO receipts (id, scope, key, fingerprint, status, body, created_at)
  SELECT r.id, r.scope, r.key, r.fingerprint, r.status, r.body, $1
  FROM (SELECT unnest($23::uuid[]), unnest($24::text[]), unnest($25::text[]), unnest($26::bytea[]),
               unnest($27::int2[]), unnest($28::bytea[]))
       AS r (id, scope, key, fingerprint, status, body)
  RETURNING 1
), )";
constexpr std::string_view kFit = R"((SELECT count(*) FROM changed) = $19
                      AND (SELECT count(*) FROM noted) >= 0 AND (SELECT count(*) FROM moved) = $20))";

/// The same where every `unnest` would give one row: it is then its array's first element, which the planner
/// puts where it is used, so that nothing is joined.
std::string of_one_row(std::string sql) {
  constexpr std::string_view kUnnest = "unnest(";
  for (auto at = sql.find(kUnnest); at != std::string::npos; at = sql.find(kUnnest, at)) {
    const auto end = sql.find(')', at);
    sql.replace(end, 1, ")[1]");
    sql.replace(at, kUnnest.size(), "(");
  }
  return sql;
}

const std::string kLinesText =
    std::string{"WITH "} + std::string{kLines} + "\nSELECT batch_must_fit(" + std::string{kFit};
const std::string kAllText = std::string{"WITH "} + std::string{kMadeAndKept} + std::string{kLines} +
                             "\nSELECT batch_must_fit((SELECT count(*) FROM made) = $22 AND "
                             "(SELECT count(*) FROM kept) >= 0 AND " +
                             std::string{kFit};
const std::string kLineText = of_one_row(kLinesText);
const db::Statement kWriteLine{"carts.write_line_quickly", kLineText.c_str()};
const db::Statement kWriteLines{"carts.write_lines_quickly", kLinesText.c_str()};
const db::Statement kWriteAll{"carts.write_quickly", kAllText.c_str()};

/// What the carts of a batch do to the stock: one element a SKU, in the order of their locks, then one a
/// movement.
struct Moves {
  db::UuidArray skus;
  db::IntArray units;
  db::SmallIntArray locations;
  db::IntArray peaks;  // the most that was taken at once on the way there
  db::UuidArray ids;
  db::UuidArray moved_skus;
  db::TextArray movements;
  db::IntArray quantities;
  db::UuidArray carts;

  void push(const inventory::StockBook& book, Timestamp now) {
    // A SKU whose units come and go alike is guarded too: somebody has taken some.
    std::vector<SkuId> order;
    for (const auto& entry : book.entries()) order.push_back(entry.sku_id);
    keep_distinct(order);
    std::vector<Taken> taken(order.size());
    for (const auto& entry : book.entries()) {
      const bool holds = entry.movement == inventory::Movement::hold;
      const auto place = std::ranges::lower_bound(order, entry.sku_id) - order.begin();
      auto& [net, peak] = taken[static_cast<std::size_t>(place)];
      net += holds ? entry.quantity : -entry.quantity;
      peak = std::max(peak, net);
      ids.push(make_uuid7(now));
      moved_skus.push(entry.sku_id);
      movements.push(json::name_of(entry.movement));
      quantities.push(entry.quantity);
      carts.push(entry.cause.id);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
      skus.push(order[i]);
      units.push(taken[i].net);
      locations.push(kLocation);
      peaks.push(taken[i].peak);
    }
  }

 private:
  struct Taken {
    std::int32_t net = 0;
    std::int32_t peak = 0;
  };
};

}  // namespace

void write_quickly(db::Transaction& tx, std::span<const CartState> carts, const inventory::StockBook& book,
                   const std::vector<db::Receipt>& receipts, Timestamp now) {
  CartColumns columns;
  std::size_t made = 0;
  for (const auto& cart : carts) {
    columns.push(cart);
    if (cart.version == 0) ++made;
  }
  Moves moves;
  moves.push(book, now);
  const auto write = [&](const db::Statement& statement, const auto&... more) {
    tx.exec(statement, now, columns.ids, columns.versions, columns.lines.first, columns.lines.last,
            columns.skus, columns.quantities, columns.held, columns.deadlines, columns.next_deadlines,
            moves.skus, moves.units, moves.locations, moves.ids, moves.moved_skus, moves.movements,
            moves.quantities, moves.carts, carts.size() - made, moves.skus.size(), moves.peaks, more...);
  };
  // What has no rows costs nothing only where it is not in the statement.
  if (made == 0 && receipts.empty()) {
    const bool is_one = carts.size() == 1 && moves.skus.size() == 1 && moves.ids.size() == 1;
    return write(is_one ? kWriteLine : kWriteLines);
  }
  db::ReceiptColumns kept;
  for (const auto& receipt : receipts) kept.push(receipt);
  write(kWriteAll, made, kept.ids, kept.scopes, kept.keys, kept.fingerprints, kept.statuses, kept.bodies);
}

}  // namespace shopflow::carts
