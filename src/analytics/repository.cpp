#include "analytics/repository.hpp"

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "shopflow/db/transaction.hpp"

namespace shopflow::analytics {
namespace {

// The handler alone writes pages, one after the other, and nearly always of what comes behind all others.
const db::Statement kInsert{"analytics.insert_page", R"(
INSERT INTO fact_pages (last_position, first_position, from_at, to_at, positions, kinds, times, amounts, merchandise, units,
                        line_kinds, line_times, line_skus, line_quantities, line_amounts)
SELECT $1::int8, $2::int8, $3::timestamptz, $4::timestamptz, $5::int8[], $6::text[]::fact_kind[], $7::timestamptz[], $8::int8[], $9::int8[], $10::int4[],
       $11::text[]::fact_kind[], $12::timestamptz[], $13::uuid[], $14::int4[], $15::int8[]
WHERE NOT EXISTS (SELECT FROM fact_pages WHERE last_position >= $2 AND first_position <= $1)
   OR $16::boolean
)"};

const db::Statement kKnown{"analytics.known_positions", R"(
SELECT known.position FROM fact_pages AS p, unnest(p.positions) AS known (position)
WHERE p.last_position >= $2 AND p.first_position <= $1 AND known.position = ANY ($3::int8[])
)"};

const db::Statement kSales{"analytics.sales", R"(
SELECT CASE $3::text WHEN 'hour' THEN date_trunc('hour', occurred_at) WHEN 'day' THEN date_trunc('day', occurred_at)
       ELSE $1::timestamptz END AS bucket,
       count(*) FILTER (WHERE kind = 'ordered'),
       coalesce(sum(f.amount) FILTER (WHERE kind = 'ordered'), 0)::int8,
       count(*) FILTER (WHERE kind = 'paid'),
       coalesce(sum(f.amount) FILTER (WHERE kind = 'paid'), 0)::int8,
       coalesce(sum(f.merchandise) FILTER (WHERE kind = 'paid'), 0)::int8,
       coalesce(sum(f.units) FILTER (WHERE kind = 'paid'), 0)::int8,
       count(*) FILTER (WHERE kind = 'refunded'),
       coalesce(sum(f.amount) FILTER (WHERE kind = 'refunded'), 0)::int8,
       coalesce(sum(f.units) FILTER (WHERE kind = 'refunded'), 0)::int8,
       count(*) FILTER (WHERE kind = 'cancelled'),
       count(*) FILTER (WHERE kind = 'delivered')
FROM fact_pages AS p,
     unnest(p.kinds, p.times, p.amounts, p.merchandise, p.units) AS f (kind, occurred_at, amount, merchandise, units)
WHERE p.to_at >= $1 AND p.from_at < $2 AND occurred_at >= $1 AND occurred_at < $2 AND kind IN ('ordered', 'paid', 'refunded', 'cancelled', 'delivered')
GROUP BY bucket
ORDER BY bucket
)"};

const db::Statement kProducts{"analytics.products", R"(
SELECT line.sku_id,
       coalesce(sum(line.quantity) FILTER (WHERE line.kind = 'paid'), 0)::int8 AS units,
       coalesce(sum(line.amount) FILTER (WHERE line.kind = 'paid'), 0)::int8,
       coalesce(sum(line.quantity) FILTER (WHERE line.kind = 'refunded'), 0)::int8
FROM fact_pages AS p,
     unnest(p.line_kinds, p.line_times, p.line_skus, p.line_quantities, p.line_amounts)
     AS line (kind, occurred_at, sku_id, quantity, amount)
WHERE p.to_at >= $1 AND p.from_at < $2 AND line.occurred_at >= $1 AND line.occurred_at < $2
GROUP BY line.sku_id
ORDER BY units DESC, line.sku_id
LIMIT $3
)"};

// Carts and orders carry the time of their making in their identifiers, so the key's index finds those of a
// range. An order is of the range when its cart is, and no older than it. It stands for its cart, which is
// cleared away long before it.
const db::Statement kFunnel{"analytics.funnel", R"(
SELECT made.carts + ordered.orders, made.filled + ordered.orders, ordered.orders, ordered.paid, ordered.shipped, ordered.delivered
FROM (SELECT count(*) AS carts, count(*) FILTER (WHERE cardinality(sku_ids) > 0) AS filled
      FROM carts WHERE id >= $1 AND id < $2 AND order_id IS NULL) AS made,
     (SELECT count(*) AS orders, count(*) FILTER (WHERE captured > 0) AS paid,
             count(*) FILTER (WHERE state IN ('shipped', 'delivered')) AS shipped,
             count(*) FILTER (WHERE state = 'delivered') AS delivered
      FROM orders WHERE id >= $1 AND cart_id >= $1 AND cart_id < $2) AS ordered
)"};

struct Page {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = 0;
  Timestamp from = Timestamp::max();
  Timestamp to = Timestamp::min();
  db::BigIntArray positions;
  db::TextArray kinds;
  db::TimestampArray times;
  db::BigIntArray amounts;
  db::BigIntArray merchandise;
  db::IntArray units;
  db::TextArray line_kinds;
  db::TimestampArray line_times;
  db::UuidArray line_skus;
  db::IntArray line_quantities;
  db::BigIntArray line_amounts;

  void push(const Fact& fact) {
    first = std::min(first, fact.position);
    last = std::max(last, fact.position);
    from = std::min(from, fact.occurred_at);
    to = std::max(to, fact.occurred_at);
    const auto kind = json::name_of(fact.kind);
    positions.push(fact.position);
    kinds.push(kind);
    times.push(fact.occurred_at);
    amounts.push(fact.amount);
    merchandise.push(fact.basket ? fact.basket->merchandise : fact.merchandise);
    units.push(fact.basket ? push_lines(fact, *fact.basket) : 0);
  }
  /// Gives the units in it.
  std::int32_t push_lines(const Fact& fact, const Basket& basket) {
    std::int32_t sum = 0;
    for (const auto& line : basket.lines) {
      sum += line.quantity;
      line_kinds.push(json::name_of(fact.kind));
      line_times.push(fact.occurred_at);
      line_skus.push(line.sku_id);
      line_quantities.push(line.quantity);
      line_amounts.push(line.amount);
    }
    return sum;
  }
};

/// False if there are pages already that may hold some of these facts, unless that has been looked into.
bool insert_page(db::Transaction& tx, const Page& page, bool looked) {
  return tx.exec(kInsert, page.last, page.first, page.from, page.to, page.positions, page.kinds, page.times,
                 page.amounts, page.merchandise, page.units, page.line_kinds, page.line_times, page.line_skus,
                 page.line_quantities, page.line_amounts, looked)
             .affected() == 1;
}

}  // namespace

void insert_facts(db::Transaction& tx, const std::vector<Fact>& facts) {
  if (facts.empty()) return;
  Page page;
  for (const auto& fact : facts) page.push(fact);
  if (insert_page(tx, page, false)) return;
  const auto rows = tx.exec(kKnown, page.last, page.first, page.positions);
  std::unordered_set<std::int64_t> known;
  for (std::size_t i = 0; i < rows.size(); ++i) known.insert(rows[i].next<std::int64_t>());
  Page rest;
  for (const auto& fact : facts) {
    if (!known.contains(fact.position)) rest.push(fact);
  }
  if (rest.positions.size() > 0) (void)insert_page(tx, rest, true);
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
