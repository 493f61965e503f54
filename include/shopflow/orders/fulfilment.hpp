#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shopflow/events/envelope.hpp"
#include "shopflow/orders/types.hpp"

namespace shopflow::db {
class Transaction;
}

/// What the warehouse and the carriers do to an order, within their own transactions: load, move in memory,
/// save, and append the events last. Lock carts before orders, and orders before pick lists, shipments and
/// stock.
namespace shopflow::orders {

namespace errors {
inline constexpr ErrorCode order_not_found{"order_not_found", ErrorKind::not_found,
                                           "There is no such order."};
inline constexpr ErrorCode unknown_line{"unknown_line", ErrorKind::unprocessable,
                                        "The order has no line of this SKU."};
inline constexpr ErrorCode ships_too_much{"ships_too_much", ErrorKind::unprocessable,
                                          "More units would leave than the order still has to get."};
}  // namespace errors

/// Whom a move is told to and when it happened.
struct Told {
  Timestamp now;
  std::string traceparent;
};

/// Locks the rows (FOR NO KEY UPDATE) in order of their ids; repeated and unknown ids are fine.
[[nodiscard]] std::vector<Order> load_orders(db::Transaction& tx, const std::vector<OrderId>& ids);

/// Reads one order without a lock.
[[nodiscard]] std::optional<Order> read_order(db::Transaction& tx, OrderId id);

/// Writes what may change of an order; `version` is counted up here. Throws std::logic_error if a row has
/// been changed since it was loaded, which the lock prevents.
void save_orders(db::Transaction& tx, std::vector<Order*> orders, Timestamp now);

/// Everything of the order is packed: paid -> fulfilled. Fails with illegal_transition.
[[nodiscard]] Result<events::NewEvent> fulfil(Order& order, PickListId pick_list, const Told& told);

/// A parcel that has left.
struct Parcel {
  ShipmentId id;
  std::string carrier;
  std::string tracking_number;
  std::optional<std::string> tracking_url;
  std::vector<events::Units> lines;
};

/// Counts the units of the parcel as gone; with the last of them the order is `shipped`. Equal SKUs are
/// summed up first. Fails with illegal_transition, unknown_line or ships_too_much, and changes nothing then.
[[nodiscard]] Result<events::NewEvent> ship(Order& order, const Parcel& parcel, const Told& told);

/// A parcel has arrived. `others_on_their_way`: another parcel of the order has not. Gives the event when the
/// order is delivered by it, nothing when something is still to come; fails with illegal_transition if the
/// order is delivered already or nothing of it has left.
[[nodiscard]] Result<std::optional<events::NewEvent>> deliver(Order& order, ShipmentId arrived,
                                                              bool others_on_their_way, const Told& told);

}  // namespace shopflow::orders
