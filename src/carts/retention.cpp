#include "shopflow/carts/retention.hpp"

#include "shopflow/db/array.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::carts {
namespace {

// A cart is at least as old as its last change, so the key finds all that may go. What is passed over is
// counted too, so that a step is short however many have to stay. Of an order's reservation the clock has
// something to do for as long as the order may still be paid, and with the order's end there is no deadline
// any more, in whatever stage the reservation ended.
const db::Statement kOld{"carts.old", R"(
SELECT old.id, free.id IS NOT NULL
FROM (SELECT id FROM carts WHERE id > $1 AND id < $2 ORDER BY id LIMIT $4) AS old
     LEFT JOIN LATERAL (
       SELECT c.id FROM carts AS c
       WHERE c.id = old.id AND c.updated_at < $3
         AND CASE c.stage WHEN 'cart' THEN 0 = ALL (c.held) WHEN 'checkout' THEN false WHEN 'payment' THEN false
                          ELSE c.next_deadline IS NULL END
       FOR UPDATE SKIP LOCKED) AS free ON true
)"};

const db::Statement kDelete{"carts.delete", "DELETE FROM carts WHERE id = ANY ($1::uuid[])"};

}  // namespace

OldCarts delete_old_carts(db::Transaction& tx, Timestamp before, CartId after, std::int32_t count_max) {
  const auto rows = tx.exec(kOld, after, uuid7_floor(before), before, count_max);
  OldCarts step;
  db::UuidArray free;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    const auto id = row.next<CartId>();
    if (row.next<bool>()) free.push(id);
    if (!step.last || *step.last < id) step.last = id;
  }
  if (rows.size() < static_cast<std::size_t>(count_max)) step.last.reset();
  step.deleted = tx.exec(kDelete, free).affected();
  return step;
}

}  // namespace shopflow::carts
