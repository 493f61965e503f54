#include "analytics/repository.hpp"

#include <unordered_map>

#include "shopflow/db/transaction.hpp"

namespace shopflow::analytics {
namespace {

// Nobody but the handler writes facts, one batch after the other, so it is enough to look whether one is
// there; an ON CONFLICT that never happens would cost more.
const db::Statement kInsert{"analytics.insert", R"(
INSERT INTO facts (position, kind, subject_id, occurred_at, currency, amount, merchandise, sku_ids, quantities, amounts)
SELECT f.position, f.kind::fact_kind, f.subject_id, f.occurred_at, f.currency, f.amount, f.merchandise,
       ($10::uuid[])[f.first:f.last], ($11::int4[])[f.first:f.last], ($12::int8[])[f.first:f.last]
FROM unnest($1::int8[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::int8[], $7::int8[], $8::int4[],
            $9::int4[])
     AS f (position, kind, subject_id, occurred_at, currency, amount, merchandise, first, last)
WHERE NOT EXISTS (SELECT FROM facts AS known WHERE known.position = f.position)
)"};

const db::Statement kInsertPaid{"analytics.insert_paid", R"(
INSERT INTO facts (position, kind, subject_id, occurred_at, currency, amount, merchandise, sku_ids, quantities, amounts)
SELECT f.position, 'paid', f.subject_id, f.occurred_at, f.currency, f.amount, coalesce(ordered.merchandise, 0),
       coalesce(ordered.sku_ids, '{}'), coalesce(ordered.quantities, '{}'), coalesce(ordered.amounts, '{}')
FROM unnest($1::int8[], $2::uuid[], $3::timestamptz[], $4::text[], $5::int8[])
     AS f (position, subject_id, occurred_at, currency, amount)
     LEFT JOIN LATERAL (SELECT merchandise, sku_ids, quantities, amounts FROM facts
                        WHERE subject_id = f.subject_id AND kind = 'ordered' LIMIT 1) AS ordered ON true
WHERE NOT EXISTS (SELECT FROM facts AS known WHERE known.position = f.position)
)"};

const db::Statement kSales{"analytics.sales", R"(
SELECT CASE $3::text WHEN 'hour' THEN date_trunc('hour', occurred_at) WHEN 'day' THEN date_trunc('day', occurred_at)
       ELSE $1::timestamptz END AS bucket,
       count(*) FILTER (WHERE kind = 'ordered'),
       coalesce(sum(amount) FILTER (WHERE kind = 'ordered'), 0)::int8,
       count(*) FILTER (WHERE kind = 'paid'),
       coalesce(sum(amount) FILTER (WHERE kind = 'paid'), 0)::int8,
       coalesce(sum(merchandise) FILTER (WHERE kind = 'paid'), 0)::int8,
       coalesce(sum((SELECT sum(q) FROM unnest(quantities) AS q)) FILTER (WHERE kind = 'paid'), 0)::int8,
       count(*) FILTER (WHERE kind = 'refunded'),
       coalesce(sum(amount) FILTER (WHERE kind = 'refunded'), 0)::int8,
       coalesce(sum((SELECT sum(q) FROM unnest(quantities) AS q)) FILTER (WHERE kind = 'refunded'), 0)::int8,
       count(*) FILTER (WHERE kind = 'cancelled'),
       count(*) FILTER (WHERE kind = 'delivered')
FROM facts
WHERE occurred_at >= $1 AND occurred_at < $2 AND kind IN ('ordered', 'paid', 'refunded', 'cancelled', 'delivered')
GROUP BY bucket
ORDER BY bucket
)"};

const db::Statement kProducts{"analytics.products", R"(
SELECT line.sku_id,
       coalesce(sum(line.quantity) FILTER (WHERE facts.kind = 'paid'), 0)::int8 AS units,
       coalesce(sum(line.amount) FILTER (WHERE facts.kind = 'paid'), 0)::int8,
       coalesce(sum(line.quantity) FILTER (WHERE facts.kind = 'refunded'), 0)::int8
FROM facts, unnest(facts.sku_ids, facts.quantities, facts.amounts) AS line (sku_id, quantity, amount)
WHERE facts.occurred_at >= $1 AND facts.occurred_at < $2 AND facts.kind IN ('paid', 'refunded')
GROUP BY line.sku_id
ORDER BY units DESC, line.sku_id
LIMIT $3
)"};

// Carts and orders carry the time of their making in their identifiers, so the key's index finds those of a
// range. An order is of the range when its cart is, and no older than it.
const db::Statement kFunnel{"analytics.funnel", R"(
SELECT made.carts, made.filled, ordered.orders, ordered.paid, ordered.shipped, ordered.delivered
FROM (SELECT count(*) AS carts, count(*) FILTER (WHERE cardinality(sku_ids) > 0) AS filled
      FROM carts WHERE id >= $1 AND id < $2) AS made,
     (SELECT count(*) AS orders, count(*) FILTER (WHERE captured > 0) AS paid,
             count(*) FILTER (WHERE state IN ('shipped', 'delivered')) AS shipped,
             count(*) FILTER (WHERE state = 'delivered') AS delivered
      FROM orders WHERE id >= $1 AND cart_id >= $1 AND cart_id < $2) AS ordered
)"};

struct FactArrays {
  db::BigIntArray positions;
  db::TextArray kinds;
  db::UuidArray subjects;
  db::TimestampArray times;
  db::TextArray currencies;
  db::BigIntArray amounts;
  db::BigIntArray merchandise;
  db::Slices lines;
  db::UuidArray skus;
  db::IntArray quantities;
  db::BigIntArray line_amounts;
  /// `goods` is the fact that knows the lines.
  void push(const Fact& fact, const Fact& goods) {
    positions.push(fact.position);
    kinds.push(json::name_of(fact.kind));
    subjects.push(fact.subject_id);
    times.push(fact.occurred_at);
    currencies.push(fact.amount.currency.str());
    amounts.push(fact.amount.amount);
    merchandise.push(goods.merchandise);
    lines.push(goods.lines.size());
    for (const auto& line : goods.lines) {
      skus.push(line.sku_id);
      quantities.push(line.quantity);
      line_amounts.push(line.amount);
    }
  }
};

/// Payments of orders that were created before the batch.
struct PaidArrays {
  db::BigIntArray positions;
  db::UuidArray subjects;
  db::TimestampArray times;
  db::TextArray currencies;
  db::BigIntArray amounts;
  void push(const Fact& fact) {
    positions.push(fact.position);
    subjects.push(fact.subject_id);
    times.push(fact.occurred_at);
    currencies.push(fact.amount.currency.str());
    amounts.push(fact.amount.amount);
  }
};

}  // namespace

void insert_facts(db::Transaction& tx, const std::vector<Fact>& facts) {
  std::unordered_map<Uuid, const Fact*> ordered;
  for (const auto& fact : facts) {
    if (fact.kind == FactKind::ordered) ordered.emplace(fact.subject_id, &fact);
  }
  FactArrays whole;
  PaidArrays paid;
  for (const auto& fact : facts) {
    if (fact.kind != FactKind::paid) {
      whole.push(fact, fact);
    } else if (const auto order = ordered.find(fact.subject_id); order != ordered.end()) {
      whole.push(fact, *order->second);
    } else {
      paid.push(fact);
    }
  }
  if (whole.positions.size() > 0) {
    tx.exec(kInsert, whole.positions, whole.kinds, whole.subjects, whole.times, whole.currencies,
            whole.amounts, whole.merchandise, whole.lines.first, whole.lines.last, whole.skus,
            whole.quantities, whole.line_amounts);
  }
  if (paid.positions.size() > 0)
    tx.exec(kInsertPaid, paid.positions, paid.subjects, paid.times, paid.currencies, paid.amounts);
}

std::vector<SalesFigures> read_sales(db::Transaction& tx, const Range& range, Interval interval) {
  const auto rows = tx.exec(kSales, range.from, range.to, json::name_of(interval));
  std::vector<SalesFigures> figures;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    SalesFigures line;
    line.from = row.next<Timestamp>();
    for (auto* figure : {&line.orders, &line.ordered, &line.paid_orders, &line.revenue, &line.merchandise,
                         &line.units, &line.refunds, &line.refunded, &line.units_returned,
                         &line.cancelled_orders, &line.delivered_orders}) {
      *figure = row.next<std::int64_t>();
    }
    figures.push_back(line);
  }
  return figures;
}

std::vector<ProductFigures> read_products(db::Transaction& tx, const Range& range, std::int32_t limit) {
  const auto rows = tx.exec(kProducts, range.from, range.to, limit);
  std::vector<ProductFigures> figures;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    ProductFigures line;
    line.sku_id = row.next<SkuId>();
    line.units = row.next<std::int64_t>();
    line.merchandise = row.next<std::int64_t>();
    line.units_returned = row.next<std::int64_t>();
    figures.push_back(line);
  }
  return figures;
}

Funnel read_funnel(db::Transaction& tx, const Range& range) {
  auto row = tx.exec(kFunnel, uuid7_floor(range.from), uuid7_floor(range.to))[0];
  Funnel funnel;
  for (auto* step : {&funnel.carts, &funnel.filled_carts, &funnel.orders, &funnel.paid, &funnel.shipped,
                     &funnel.delivered}) {
    *step = row.next<std::int64_t>();
  }
  return funnel;
}

}  // namespace shopflow::analytics
