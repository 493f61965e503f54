#pragma once

#include <span>
#include <vector>

#include "shopflow/carts/types.hpp"
#include "shopflow/events/types.hpp"
#include "shopflow/inventory/stock_book.hpp"

namespace shopflow::db {
class Transaction;
}

/// What a checkout and the fate of its order do to the cart's reservation, for use inside somebody else's
/// transaction. Locks are taken in this order everywhere: carts by id, orders by id, stock by SKU, receipts,
/// the head of the event log.
namespace shopflow::carts {

/// Locks the carts (FOR NO KEY UPDATE, by id) and reads them, in id order; repeated ids count once, unknown
/// ones are left out.
[[nodiscard]] std::vector<CartState> load_carts(db::Transaction& tx, std::vector<CartId> ids);

/// These read without a lock; unknown ones are left out.
[[nodiscard]] std::optional<CartState> read_cart(db::Transaction& tx, const CartId& id);
[[nodiscard]] std::vector<CartState> read_carts(db::Transaction& tx, std::span<const CartId> ids);

/// Writes those that are `changed`, guarded by the version they were loaded with, and counts the version up.
/// Throws std::logic_error if a row is not as it was loaded, which the lock makes impossible.
void save_carts(db::Transaction& tx, std::span<CartState> carts, Timestamp now);

/// A reservation of an order that has to be looked at.
struct DueReservation {
  CartId cart_id;
  OrderId order_id;
  Stage stage = Stage::checkout;  // checkout, payment or expired
  Timestamp bound;                // has passed; there was nothing to be done before it
  Timestamp deadline;             // of its hold, may be ahead; of no meaning when that has expired
};

/// Reservations of unpaid orders whose bound has passed, behind `after` (default: from the start) by bound
/// and id, at most `count_max`. Takes no lock: whoever acts on one loads it and looks again.
[[nodiscard]] std::vector<DueReservation> find_due_orders(db::Transaction& tx, Timestamp now,
                                                          const DueReservation& after,
                                                          std::int32_t count_max);

/// When a reservation of an unpaid order is looked at next.
struct Look {
  CartId cart_id;
  Timestamp seen;  // the bound that has passed
  Timestamp next;
};

/// Raises the bounds of those that still have the one that was seen. Leaves those alone that somebody has
/// locked, and may be repeated.
void put_off_looks(db::Transaction& tx, std::span<const Look> looks);

/// SKUs of the lines that are not held any more: load their stock before `retake_lapsed`. Mostly empty, and
/// then a checkout needs no stock at all.
[[nodiscard]] std::vector<SkuId> lapsed_skus(const CartState& cart);

/// Takes the units of all lapsed lines again, or none of them: insufficient_stock or sku_not_for_sale with a
/// pointer (`/items/<line>`) for each line that can't be had. Nothing changes when it fails.
[[nodiscard]] Result<void> retake_lapsed(CartState& cart, inventory::StockBook& book);

/// cart -> checkout. Fails with cart_checked_out, cart_empty, or insufficient_stock if a line is not held
/// (see retake_lapsed). The units stay held until `deadline`.
[[nodiscard]] Result<void> start_checkout(CartState& cart, const OrderId& order, Timestamp deadline);

/// checkout -> payment. `deadline` is the most that the provider is waited for. Fails with
/// illegal_transition, for example when it is in `payment` already.
[[nodiscard]] Result<void> payment_processing(CartState& cart, Timestamp deadline);

/// Sees to it that an order's reservation is looked at (find_due_orders) at `at`, or before.
void look_by(CartState& cart, Timestamp at);

/// Nobody needs to look at it any more, since nothing happens to its order by the clock.
void look_no_more(CartState& cart);

/// Whether the deadline of an order's reservation has come. Its lines know it; `next_deadline` is a lower
/// bound, of an order as of a cart.
[[nodiscard]] bool has_lapsed(const CartState& cart, Timestamp now);

/// checkout, payment -> sold. The units are moved by the inventory handler of PaymentReceived.
[[nodiscard]] Result<void> sold(CartState& cart);

/// checkout, payment -> expired: gives the event to be written, which has counted `event_sequence` up; the
/// inventory handler frees the units. Its aggregate id is the cart's id. Cancel the payment first. Nobody
/// looks at it any more; see look_by for an order that may still be given up.
[[nodiscard]] Result<events::ReservationExpired> expired(CartState& cart);

/// checkout, payment -> released. The units are freed by the inventory handler of OrderCancelled.
[[nodiscard]] Result<void> released(CartState& cart);

}  // namespace shopflow::carts
