#include "inventory/allocation_repository.hpp"

#include <array>
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

const db::Statement kLoadAllocations{"inventory.load_allocations", R"(
SELECT order_id, state, sku_ids, quantities, shipped, applied
FROM order_allocations WHERE order_id = ANY ($1::uuid[])
ORDER BY order_id
FOR NO KEY UPDATE
)"};

const db::Statement kFreed{
    "inventory.freed_orders",
    "SELECT order_id FROM order_allocations WHERE order_id = ANY ($1::uuid[]) AND state = 'freed'"};

const db::Statement kInsert{"inventory.insert_allocations", R"(
INSERT INTO order_allocations (order_id, state, sku_ids, quantities, shipped, applied, updated_at)
SELECT a.order_id, a.state::allocation_state, a.sku_ids::uuid[], a.quantities::int4[], a.shipped::int4[],
       a.applied::uuid[], $7
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
     AS a (order_id, state, sku_ids, quantities, shipped, applied)
)"};

// The list of orders beside the join keeps the session's plan on the index, even if it was made while the
// table was empty. The rows are locked by kLoadAllocations. A line's SKU stays; its quantity falls when a
// returned unit is put back.
const db::Statement kUpdate{"inventory.update_allocations", R"(
UPDATE order_allocations AS o
SET state = a.state::allocation_state, quantities = a.quantities::int4[], shipped = a.shipped::int4[],
    applied = a.applied::uuid[], updated_at = $6
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
     AS a (order_id, state, quantities, shipped, applied)
WHERE o.order_id = ANY ($1) AND o.order_id = a.order_id
)"};

struct AllocationArrays {
  db::UuidArray orders;
  db::TextArray states;
  db::TextArray skus;
  db::TextArray quantities;
  db::TextArray shipped;
  db::TextArray applied;

  explicit AllocationArrays(const std::vector<const Allocation*>& allocations) {
    for (const auto* allocation : allocations) push(*allocation);
  }
  void push(const Allocation& allocation) {
    std::vector<Uuid> sku_ids;
    std::vector<std::int32_t> units;
    std::vector<std::int32_t> left;
    for (const auto& line : allocation.lines) {
      sku_ids.push_back(line.sku_id.value);
      units.push_back(line.quantity);
      left.push_back(line.shipped);
    }
    orders.push(allocation.order_id);
    states.push(json::name_of(allocation.state));
    skus.push(db::array_literal(sku_ids));
    quantities.push(db::array_literal(units));
    shipped.push(db::array_literal(left));
    applied.push(db::array_literal(allocation.applied));
  }
};

}  // namespace

std::vector<Allocation> load_allocations(db::Transaction& tx, const std::vector<OrderId>& orders) {
  db::UuidArray wanted;
  for (const auto& order : orders) wanted.push(order);
  const auto rows = tx.exec(kLoadAllocations, wanted);
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

void save_allocations(db::Transaction& tx, const Allocations& allocations, Timestamp now) {
  if (const auto made = allocations.made(); !made.empty()) {
    const AllocationArrays rows{made};
    tx.exec(kInsert, rows.orders, rows.states, rows.skus, rows.quantities, rows.shipped, rows.applied, now);
  }
  if (const auto changed = allocations.changed(); !changed.empty()) {
    const AllocationArrays rows{changed};
    tx.exec(kUpdate, rows.orders, rows.states, rows.quantities, rows.shipped, rows.applied, now);
  }
}

std::unordered_set<OrderId> find_freed_orders(db::Transaction& tx, const std::vector<OrderId>& orders) {
  db::UuidArray wanted;
  for (const auto& order : orders) wanted.push(order);
  const auto rows = tx.exec(kFreed, wanted);
  std::unordered_set<OrderId> freed;
  for (std::size_t i = 0; i < rows.size(); ++i) freed.insert(rows[i].next<OrderId>());
  return freed;
}

}  // namespace shopflow::inventory
