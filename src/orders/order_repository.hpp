#pragma once

#include <vector>

#include "shopflow/orders/fulfilment.hpp"

namespace shopflow::orders {

/// Gives new orders their numbers, outside of a transaction (std::logic_error otherwise: it would no longer
/// wait for the disk). They hold in this session alone: an order must be written in the one that drew its
/// number. Where eight orders and more come at once up to 448 are drawn ahead, for those that come within a
/// second; what is left then is given to none.
void draw_numbers(db::Transaction& tx, const std::vector<Order*>& orders, Timestamp now);

/// Gives new orders their numbers in the transaction that inserts them.
void take_numbers(db::Transaction& tx, const std::vector<Order*>& orders);

/// Numbers new orders and inserts them in one statement.
void insert_orders(db::Transaction& tx, const std::vector<Order*>& orders);

/// The carts that these orders were, in no particular order; takes no lock. An order's cart never changes.
[[nodiscard]] std::vector<CartId> carts_of(db::Transaction& tx, const std::vector<OrderId>& ids);

/// Which orders a page of the admin's list shows; newest first.
struct OrderFilter {
  std::optional<OrderState> state;
  std::optional<std::string> email;  // exactly, without regard to case
  std::optional<OrderId> before;     // the last one of the page before
  std::int32_t count_max = 50;
};
[[nodiscard]] std::vector<Order> list_orders(db::Transaction& tx, const OrderFilter& filter);

}  // namespace shopflow::orders
