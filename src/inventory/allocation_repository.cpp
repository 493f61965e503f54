#include "inventory/allocation_repository.hpp"

#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "shopflow/core/json_names.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/inventory/order_units.hpp"

template <>
struct shopflow::json::Names<shopflow::inventory::AllocationState> {
  using enum shopflow::inventory::AllocationState;
  static constexpr std::array<std::pair<shopflow::inventory::AllocationState, std::string_view>, 3> values{
      {{held, "held"}, {sold, "sold"}, {freed, "freed"}}};
};

namespace shopflow::inventory {
namespace {

constexpr std::int16_t kSaleLocation = 1;

#define SHOPFLOW_ALLOCATION_COLUMNS "o.order_id, o.state, o.sku_ids, o.quantities, o.shipped, o.applied "

// Nobody but the handler changes these rows, and its cursor is locked.
const db::Statement kLoadAllocations{"inventory.load_allocations", "SELECT " SHOPFLOW_ALLOCATION_COLUMNS R"(
FROM order_allocations AS o WHERE order_id = ANY ($1::uuid[])
)"};

const db::Statement kFreed{
    "inventory.freed_orders",
    "SELECT order_id FROM order_allocations WHERE order_id = ANY ($1::uuid[]) AND state = 'freed'"};

const db::Statement kInsert{"inventory.insert_allocations", R"(
INSERT INTO order_allocations (order_id, state, sku_ids, quantities, shipped, applied, updated_at)
SELECT a.order_id, a.state::allocation_state, ($7::uuid[])[a.first:a.last], ($8::int4[])[a.first:a.last],
       ($9::int4[])[a.first:a.last], ($10::uuid[])[a.applied_first:a.applied_last], $11
FROM (SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::int4[]), unnest($4::int4[]), unnest($5::int4[]),
             unnest($6::int4[]))
     AS a (order_id, state, first, last, applied_first, applied_last)
)"};

// Joined by the key alone: with the list of orders beside it the session reads those rows first and then
// looks through all of them for each order. A line's SKU stays; its quantity falls when a returned unit is
// put back.
const db::Statement kUpdate{"inventory.update_allocations", R"(
UPDATE order_allocations AS o
SET state = a.state::allocation_state, quantities = ($7::int4[])[a.first:a.last],
    shipped = ($8::int4[])[a.first:a.last], applied = ($9::uuid[])[a.applied_first:a.applied_last], updated_at = $10
FROM (SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::int4[]), unnest($4::int4[]), unnest($5::int4[]),
             unnest($6::int4[]))
     AS a (order_id, state, first, last, applied_first, applied_last)
WHERE o.order_id = a.order_id
)"};

// What Allocations::on makes of a payment whose order is held, decided where the row is: it is found once.
const db::Statement kSellHeld{"inventory.sell_held", R"(
UPDATE order_allocations AS o SET state = 'sold', applied = o.applied || a.payment_id, updated_at = $3
FROM (SELECT unnest($1::uuid[]), unnest($2::uuid[])) AS a (order_id, payment_id)
WHERE o.order_id = a.order_id AND o.state = 'held'
RETURNING )" SHOPFLOW_ALLOCATION_COLUMNS};

const db::Statement kEnterSales{"inventory.enter_sales", R"(
INSERT INTO stock_ledger (id, sku_id, location_id, movement, quantity, cause, cause_id, occurred_at)
SELECT e.id, e.sku_id, $5, 'sell', e.quantity, 'order', e.order_id, $6
FROM (SELECT unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::int4[]), unnest($4::uuid[]))
     AS e (id, sku_id, quantity, order_id)
)"};

// Sessions of handlers join by key, so the rows are locked in the order of the list.
const db::Statement kSell{"inventory.sell", R"(
UPDATE stock AS s SET held = s.held - c.units, sold = s.sold + c.units
FROM (SELECT unnest($1::uuid[]), unnest($2::int4[]), unnest($3::int2[])) AS c (sku_id, units, location_id)
WHERE s.sku_id = c.sku_id AND s.location_id = c.location_id
)"};

struct AllocationArrays {
  db::UuidArray orders;
  db::TextArray states;
  db::Slices lines;
  db::Slices moved;
  db::UuidArray skus;
  db::IntArray quantities;
  db::IntArray shipped;
  db::UuidArray applied;

  explicit AllocationArrays(const std::vector<const Allocation*>& allocations) {
    for (const auto* allocation : allocations) push(*allocation);
  }
  void push(const Allocation& allocation) {
    orders.push(allocation.order_id);
    states.push(json::name_of(allocation.state));
    lines.push(allocation.lines.size());
    for (const auto& line : allocation.lines) {
      skus.push(line.sku_id);
      quantities.push(line.quantity);
      shipped.push(line.shipped);
    }
    moved.push(allocation.applied.size());
    for (const auto& source : allocation.applied) applied.push(source);
  }
};

std::vector<Allocation> read_allocations(const db::Rows& rows) {
  std::vector<Allocation> allocations;
  allocations.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto& allocation = allocations.emplace_back();
    allocation.order_id = row.next<OrderId>();
    allocation.state = json::value_of<AllocationState>(row.next<std::string>()).value();
    const auto skus = row.next<std::vector<SkuId>>();
    const auto quantities = row.next<std::vector<std::int32_t>>();
    const auto shipped = row.next<std::vector<std::int32_t>>();
    allocation.applied = row.next<std::vector<Uuid>>();
    for (std::size_t line = 0; line < skus.size(); ++line) {
      allocation.lines.push_back({skus[line], quantities.at(line), shipped.at(line)});
    }
  }
  return allocations;
}

}  // namespace

std::vector<Allocation> load_allocations(db::Transaction& tx, const std::vector<OrderId>& orders) {
  if (orders.empty()) return {};
  return read_allocations(tx.exec(kLoadAllocations, db::UuidArray{orders}));
}

std::vector<Allocation> sell_held(db::Transaction& tx, const std::vector<Paid>& paid, Timestamp now) {
  if (paid.empty()) return {};
  db::UuidArray orders;
  db::UuidArray payments;
  for (const auto& one : paid) {
    orders.push(one.order_id);
    payments.push(one.payment_id);
  }
  return read_allocations(tx.exec(kSellHeld, orders, payments, now));
}

void save_allocations(db::Transaction& tx, const Allocations& allocations, Timestamp now) {
  if (const auto made = allocations.made(); !made.empty()) {
    const AllocationArrays rows{made};
    tx.exec(kInsert, rows.orders, rows.states, rows.lines.first, rows.lines.last, rows.moved.first,
            rows.moved.last, rows.skus, rows.quantities, rows.shipped, rows.applied, now);
  }
  if (const auto changed = allocations.changed(); !changed.empty()) {
    const AllocationArrays rows{changed};
    tx.exec(kUpdate, rows.orders, rows.states, rows.lines.first, rows.lines.last, rows.moved.first,
            rows.moved.last, rows.quantities, rows.shipped, rows.applied, now);
  }
}

void enter_sales(db::Transaction& tx, const std::vector<Sale>& sales, Timestamp now) {
  if (sales.empty()) return;
  db::UuidArray ids;
  db::UuidArray skus;
  db::IntArray quantities;
  db::UuidArray orders;
  for (const auto& sale : sales) {
    ids.push(make_uuid7(now));
    skus.push(sale.sku_id);
    quantities.push(sale.units);
    orders.push(sale.order_id);
  }
  tx.exec(kEnterSales, ids, skus, quantities, orders, kSaleLocation, now);
}

void sell(db::Transaction& tx, const SoldUnits& sold) {
  if (sold.empty()) return;
  db::UuidArray skus;
  db::IntArray units;
  db::SmallIntArray locations;
  for (const auto& [sku, count] : sold) {
    skus.push(sku);
    units.push(count);
    locations.push(kSaleLocation);
  }
  if (tx.exec(kSell, skus, units, locations).affected() != sold.size())
    throw std::logic_error{"an order sells units of a SKU that has no stock"};
}

std::unordered_set<OrderId> find_freed_orders(db::Transaction& tx, const std::vector<OrderId>& orders) {
  const auto rows = tx.exec(kFreed, db::UuidArray{orders});
  std::unordered_set<OrderId> freed;
  for (std::size_t i = 0; i < rows.size(); ++i) freed.insert(rows[i].next<OrderId>());
  return freed;
}

}  // namespace shopflow::inventory
