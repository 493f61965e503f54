#pragma once

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

}  // namespace shopflow::carts
