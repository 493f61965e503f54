#pragma once

#include <vector>

#include "shopflow/orders/types.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::orders {

/// Refunds of these orders in order of their ids. The orders' locks guard them too.
[[nodiscard]] std::vector<Refund> load_refunds(db::Transaction& tx, const std::vector<OrderId>& orders);

/// Pending refunds whose next attempt is due, oldest first; takes no lock.
[[nodiscard]] std::vector<Refund> find_due_refunds(db::Transaction& tx, Timestamp now,
                                                   std::int32_t count_max);

void insert_refunds(db::Transaction& tx, const std::vector<Refund*>& refunds);
/// Settles or delays pending refunds; throws std::logic_error for one that is not pending any more.
void save_refunds(db::Transaction& tx, const std::vector<Refund*>& refunds, Timestamp now);

}  // namespace shopflow::orders
