#pragma once

#include <vector>

#include "shopflow/core/difference.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::orders {

/// Computes anew what orders, payments, refunds and events say of each other, and gives what differs, at most
/// 1,000 for each check; empty when the books are right. Reads everything; `tx` must be a repeatable-read
/// transaction for a server that is at work. Compared: what an order captured and refunded with its payments
/// and refunds, what a payment gave back with its refunds, that nothing more goes back than came, the one
/// payment of a paid order, totals with their parts, events without a gap, payments and refunds with the
/// events that tell of them, the cart's stage with all that, the state with what the events lead to, the kept
/// answers to checkouts with the orders that they name. A cart may be missing 30 days after its checkout,
/// unless its order waits for money.
[[nodiscard]] std::vector<Difference> audit_orders(db::Transaction& tx, Timestamp now);

}  // namespace shopflow::orders
