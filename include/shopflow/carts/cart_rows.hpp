#pragma once

#include <span>
#include <tuple>

#include "shopflow/carts/types.hpp"
#include "shopflow/core/json_names.hpp"
#include "shopflow/db/array.hpp"

namespace shopflow::carts {

/// The columns of the carts to be written: one element a cart, then one a line.
struct CartColumns {
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

/// Carts that are to be written, guarded by the versions that they were read with; see db::JointStatement.
struct ChangedCarts {
  CartColumns columns;
  Timestamp now;

  static constexpr const char* kText = R"(
UPDATE carts c
SET stage = n.stage::reservation_stage, version = c.version + 1, order_id = n.order_id,
    sku_ids = ($9::uuid[])[n.first:n.last], quantities = ($10::int4[])[n.first:n.last],
    held = ($11::int4[])[n.first:n.last], deadlines = ($12::timestamptz[])[n.first:n.last],
    next_deadline = n.next_deadline, event_sequence = n.event_sequence, updated_at = $13
FROM (SELECT unnest($1::uuid[]), unnest($2::int4[]), unnest($3::text[]), unnest($4::uuid[]),
             unnest($5::timestamptz[]), unnest($6::int4[]), unnest($7::int4[]), unnest($8::int4[]))
     AS n (id, version, stage, order_id, next_deadline, event_sequence, first, last)
WHERE c.id = n.id AND c.version = n.version
)";
  static constexpr std::size_t kParameters = 13;

  /// Takes those that are `changed`, and counts their versions up.
  ChangedCarts(std::span<CartState> carts, Timestamp written_at) : now{written_at} {
    for (auto& cart : carts) {
      if (!cart.changed) continue;
      columns.push(cart);
      ++cart.version;
      cart.updated_at = written_at;
      cart.changed = false;
    }
  }
  [[nodiscard]] std::size_t size() const { return columns.ids.size(); }
  [[nodiscard]] auto parameters() const {
    const auto& c = columns;
    return std::tie(c.ids, c.versions, c.stages, c.orders, c.next_deadlines, c.sequences, c.lines.first,
                    c.lines.last, c.skus, c.quantities, c.held, c.deadlines, now);
  }
};

}  // namespace shopflow::carts
