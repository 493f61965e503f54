#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shopflow/orders/types.hpp"

namespace shopflow::db {
class Transaction;
}

namespace shopflow::orders {

/// Payments of these orders, locked, in order of their ids. Lock the orders first.
[[nodiscard]] std::vector<Payment> load_payments(db::Transaction& tx, const std::vector<OrderId>& orders);
/// Payments of these orders as they are, without a lock, in order of their ids.
[[nodiscard]] std::vector<Payment> read_payments(db::Transaction& tx, const std::vector<OrderId>& orders);

void insert_payments(db::Transaction& tx, const std::vector<Payment*>& payments);
/// Counts `version` up; throws std::logic_error if a row has changed under its lock.
void save_payments(db::Transaction& tx, const std::vector<Payment*>& payments, Timestamp now);

/// A provider's notice, by which its repeats are known.
using NoticeKey = std::pair<std::string, std::string>;  // provider, event id
/// Those that have been acted on already.
[[nodiscard]] std::vector<NoticeKey> find_notices(db::Transaction& tx, const std::vector<NoticeKey>& keys);
void insert_notices(db::Transaction& tx, const std::vector<NoticeKey>& keys, Timestamp now);

}  // namespace shopflow::orders
