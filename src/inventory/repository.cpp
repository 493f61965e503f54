#include "inventory/events.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/inventory/movement_names.hpp"
#include "shopflow/inventory/stock_store.hpp"

namespace shopflow::inventory {
namespace {

constexpr std::int16_t kLocation = 1;

const db::Statement kLoad{"inventory.load", R"(
SELECT sku_id, location_id, on_hand, held, sold, low_stock_at, sellable, event_sequence
FROM stock WHERE sku_id = ANY ($1::uuid[]) AND location_id = $2
ORDER BY sku_id
FOR NO KEY UPDATE
)"};

// The rows are locked by kLoad, so the counters are written as they are; the table's CHECK stands behind
// them.
const db::Statement kSave{"inventory.save", R"(
WITH moved AS (
  UPDATE stock AS s
  SET on_hand = c.on_hand, held = c.held, sold = c.sold, event_sequence = c.event_sequence
  FROM (SELECT unnest($1::uuid[]), unnest($2::int2[]), unnest($3::int4[]), unnest($4::int4[]), unnest($5::int4[]),
               unnest($6::int4[]))
       AS c (sku_id, location_id, on_hand, held, sold, event_sequence)
  WHERE s.sku_id = c.sku_id AND s.location_id = c.location_id
)
INSERT INTO stock_ledger (id, sku_id, location_id, movement, quantity, cause, cause_id, reason, occurred_at)
SELECT e.id, e.sku_id, e.location_id, e.movement::stock_movement, e.quantity, e.cause, e.cause_id, e.reason, $15
FROM (SELECT unnest($7::uuid[]), unnest($8::uuid[]), unnest($9::int2[]), unnest($10::text[]), unnest($11::int4[]),
             unnest($12::text[]), unnest($13::uuid[]), unnest($14::text[]))
     AS e (id, sku_id, location_id, movement, quantity, cause, cause_id, reason)
)"};

const db::Statement kProducts{"inventory.products_of_skus", R"(
SELECT id, product_id FROM skus WHERE id = ANY ($1::uuid[])
)"};

struct CounterArrays {
  db::UuidArray skus;
  db::SmallIntArray locations;
  db::IntArray on_hand;
  db::IntArray held;
  db::IntArray sold;
  db::IntArray sequences;
  void push(const StockRow& row) {
    skus.push(row.sku_id);
    locations.push(row.location_id);
    on_hand.push(row.on_hand);
    held.push(row.held);
    sold.push(row.sold);
    sequences.push(row.event_sequence);
  }
};

struct LedgerArrays {
  db::UuidArray ids;
  db::UuidArray skus;
  db::SmallIntArray locations;
  db::TextArray movements;
  db::IntArray quantities;
  db::TextArray causes;
  db::UuidArray cause_ids;
  db::TextArray reasons;
  void push(const LedgerEntry& entry, Timestamp now) {
    ids.push(make_uuid7(now));
    skus.push(entry.sku_id);
    locations.push(entry.location_id);
    movements.push(json::name_of(entry.movement));
    quantities.push(entry.quantity);
    causes.push(entry.cause.kind);
    cause_ids.push(entry.cause.id);
    reasons.push(entry.cause.reason);
  }
};

}  // namespace

StockBook StockStore::load(db::Transaction& tx, std::vector<SkuId> skus) const {
  const auto rows = tx.exec(kLoad, db::UuidArray{skus}, kLocation);
  std::vector<StockRow> stock;
  stock.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    StockRow one;
    one.sku_id = row.next<SkuId>();
    one.location_id = row.next<std::int16_t>();
    one.on_hand = row.next<std::int32_t>();
    one.held = row.next<std::int32_t>();
    one.sold = row.next<std::int32_t>();
    one.low_stock_at = row.next<std::int32_t>();
    one.sellable = row.next<bool>();
    one.event_sequence = row.next<std::int32_t>();
    stock.push_back(one);
  }
  return StockBook{std::move(stock)};
}

void StockStore::save(db::Transaction& tx, const StockBook& book, Timestamp now,
                      const std::string& traceparent, std::vector<events::NewEvent>& events) const {
  if (book.entries().empty()) return;
  auto changed = book.changed();
  CounterArrays counters;
  std::vector<SkuId> skus;
  skus.reserve(changed.size());
  for (auto& [before, after] : changed) {
    tell(before, after, now, traceparent, events);
    counters.push(after);
    skus.push_back(after.sku_id);
  }
  LedgerArrays ledger;
  for (const auto& entry : book.entries()) ledger.push(entry, now);
  tx.exec(kSave, counters.skus, counters.locations, counters.on_hand, counters.held, counters.sold,
          counters.sequences, ledger.ids, ledger.skus, ledger.locations, ledger.movements, ledger.quantities,
          ledger.causes, ledger.cause_ids, ledger.reasons, now);
  tell_changed(tx, std::move(skus));
}

void StockStore::tell_changed(db::Transaction& tx, std::vector<SkuId> skus) const {
  if (skus.empty()) return;
  learn_products(tx, skus);
  tx.after_commit_or_doubt([this, skus = std::move(skus)] { changed_(skus); });
}

void StockStore::learn_products(db::Transaction& tx, const std::vector<SkuId>& skus) const {
  const auto unknown = products_.unknown(skus);
  if (unknown.empty()) return;
  const auto rows = tx.exec(kProducts, db::UuidArray{unknown});
  std::vector<std::pair<SkuId, ProductId>> pairs;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    const auto sku = row.next<SkuId>();
    pairs.emplace_back(sku, row.next<ProductId>());
  }
  products_.learn(pairs);
}

}  // namespace shopflow::inventory
