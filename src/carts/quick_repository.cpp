#include "carts/quick_repository.hpp"

#include <map>

#include "carts/columns.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/inventory/movement_names.hpp"

namespace shopflow::carts {
namespace {

constexpr std::int16_t kLocation = 1;

// The stock and its ledger belong to the inventory; they are written here too, since one statement saves all
// round trips but one, and under load nine tenths of the time for which the rows are locked. The condition is
// read from left to right: the stock, which other lanes want too, comes last and is locked for the commit
// alone.
const db::Statement kQuick{"carts.write_quickly", R"(
WITH made AS (
  INSERT INTO carts (id, stage, version, sku_ids, quantities, held, deadlines, updated_at)
  SELECT id, 'cart', 1, '{}', '{}', '{}', '{}', $1 FROM unnest($2::uuid[]) AS id
  RETURNING 1
), changed AS (
  UPDATE carts c
  SET version = c.version + 1, sku_ids = ($7::uuid[])[n.first:n.last], quantities = ($8::int4[])[n.first:n.last],
      held = ($9::int4[])[n.first:n.last], deadlines = ($10::timestamptz[])[n.first:n.last],
      next_deadline = n.next_deadline, updated_at = $1
  FROM unnest($3::uuid[], $4::int4[], $5::int4[], $6::int4[], $11::timestamptz[]) AS n (id, version, first, last, next_deadline)
  WHERE c.id = n.id AND c.version = n.version AND c.stage = 'cart'
  RETURNING c.id
), moved AS (
  UPDATE stock s
  SET held = s.held + m.units
  FROM unnest($12::uuid[], $13::int4[], $26::int2[]) AS m (sku_id, units, location_id)
  WHERE s.sku_id = m.sku_id AND s.location_id = m.location_id AND s.sellable
    AND s.on_hand - s.held - s.sold >= m.units
    AND (s.on_hand - s.held - s.sold = 0) = (s.on_hand - s.held - s.sold = m.units)
    AND (s.on_hand - s.held - s.sold <= s.low_stock_at OR s.on_hand - s.held - s.sold - m.units > s.low_stock_at)
  RETURNING s.sku_id
), noted AS (
  INSERT INTO stock_ledger (id, sku_id, location_id, movement, quantity, cause, cause_id, occurred_at)
  SELECT e.id, e.sku_id, 1, e.movement::stock_movement, e.quantity, 'cart', e.cart_id, $1
  FROM unnest($14::uuid[], $15::uuid[], $16::text[], $17::int4[], $18::uuid[])
       AS e (id, sku_id, movement, quantity, cart_id)
  RETURNING 1
), kept AS (
  INSERT INTO receipts (scope, key, fingerprint, status, body, created_at)
  SELECT r.scope, r.key, r.fingerprint, r.status, r.body, $1
  FROM unnest($21::text[], $22::text[], $23::bytea[], $24::int2[], $25::text[]) AS r (scope, key, fingerprint, status, body)
  RETURNING 1
)
SELECT batch_must_fit((SELECT count(*) FROM made) >= 0 AND (SELECT count(*) FROM changed) = $19
                      AND (SELECT count(*) FROM noted) >= 0
                      AND (SELECT count(*) FROM kept) >= 0 AND (SELECT count(*) FROM moved) = $20)
)"};

/// What the carts of a batch do to the stock: one element a SKU, in the order of their locks, then one a
/// movement.
struct Moves {
  db::UuidArray skus;
  db::IntArray units;
  db::SmallIntArray locations;
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
      locations.push(kLocation);
    }
  }
};

}  // namespace

void write_quickly(db::Transaction& tx, std::span<const CartState> made, std::span<const CartState> changed,
                   const inventory::StockBook& book, const std::vector<db::Receipt>& receipts,
                   Timestamp now) {
  db::UuidArray new_ids;
  for (const auto& cart : made) new_ids.push(cart.id);
  CartColumns carts;
  for (const auto& cart : changed) carts.push(cart);
  Moves moves;
  moves.push(book, now);
  db::ReceiptColumns kept;
  for (const auto& receipt : receipts) kept.push(receipt);
  tx.exec(kQuick, now, new_ids, carts.ids, carts.versions, carts.lines.first, carts.lines.last, carts.skus,
          carts.quantities, carts.held, carts.deadlines, carts.next_deadlines, moves.skus, moves.units,
          moves.ids, moves.moved_skus, moves.movements, moves.quantities, moves.carts, carts.ids.size(),
          moves.skus.size(), kept.scopes, kept.keys, kept.fingerprints, kept.statuses, kept.bodies,
          moves.locations);
}

}  // namespace shopflow::carts
