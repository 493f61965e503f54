#pragma once

#include <string>
#include <vector>

#include "fault/races_subjects.hpp"

namespace shopflow::fault {

/// What has become of a race: who did what, and whether each was told that it is done.
struct Outcome {
  struct Told {
    const Deed* deed;
    bool done;
  };
  const Subject* subject;
  Thing thing;
  std::vector<Told> told;
};

/// How many of what was acknowledged can be looked for in the database.
[[nodiscard]] int count_provable(const Outcome& outcome);

/// A line for each acknowledgement of these races that the database does not show, or shows more often than
/// it was given. Asked when the shop is at rest.
[[nodiscard]] std::vector<std::string> disprove(const testing::TestDatabase& database,
                                                const std::vector<Outcome>& outcomes);

/// SQL that has to be true of a Thing, {n} times acknowledged by all deeds that name it.
namespace proofs {

// Whatever was done to the lines last, they are as one of the two orders of doing it leaves them.
inline constexpr const char* kLines =
    "(SELECT coalesce(sum(q), 0) FROM carts, unnest(quantities) AS q WHERE id = '{cart}') IN ({units})";
inline constexpr const char* kCheckedOut =
    "(SELECT count(*) FROM orders WHERE cart_id = '{cart}') = {n} AND NOT EXISTS (SELECT FROM orders AS o "
    "WHERE o.cart_id = '{cart}' AND (SELECT sum(q) FROM unnest(o.line_quantities) AS q) NOT IN ({units}))";
inline constexpr const char* kPaid = "{n} = 0 OR (SELECT captured = total FROM orders WHERE id = '{order}')";
// A payment under way may be overtaken by the end of its order or of the time for it, and then nobody takes
// money; or its moment has not come.
inline constexpr const char* kWillBePaid =
    "{n} = 0 OR (SELECT captured = total OR state = 'cancelled' FROM orders WHERE id = '{order}') OR "
    "EXISTS (SELECT FROM sandbox_intents AS i JOIN payments AS p ON p.id = i.payment_id "
    "WHERE i.order_id = '{order}' AND i.state = 'canceled' AND p.state = 'canceled') OR "
    "EXISTS (SELECT FROM sandbox_intents AS i WHERE i.order_id = '{order}' AND (i.settles_at > now() OR "
    "EXISTS (SELECT FROM sandbox_webhooks AS w WHERE w.next_attempt_at > now() AND strpos(w.payload, i.ref) "
    "> "
    "0)))";
inline constexpr const char* kCancelled =
    "{n} = 0 OR (SELECT state = 'cancelled' FROM orders WHERE id = '{order}')";
inline constexpr const char* kPartBack =
    "(SELECT count(*) FROM refunds WHERE order_id = '{order}' AND reason = 'a scratch' AND state <> "
    "'failed') "
    "= {n}";
inline constexpr const char* kAllBack =
    "(SELECT count(*) FROM refunds WHERE order_id = '{order}' AND reason = 'unhappy' AND state <> 'failed') "
    "= "
    "{n}";
inline constexpr const char* kTakenBack =
    "(SELECT count(*) FROM refunds WHERE order_id = '{order}' AND reason = 'came back' AND state <> "
    "'failed') "
    "= {n}";
inline constexpr const char* kNoted =
    "{n} = 0 OR (SELECT note = 'ring twice' FROM orders WHERE id = '{order}')";
inline constexpr const char* kHeardOfIt =
    "(SELECT count(*) FROM webhook_events WHERE event_id LIKE 'evt_it_{order}%') = {n}";
inline constexpr const char* kHeardPaid =
    "(SELECT count(*) FROM webhook_events WHERE event_id LIKE 'evt_paid_{order}%') = {n} AND "
    "({n} = 0 OR (SELECT captured = amount FROM payments WHERE id = '{payment}'))";
inline constexpr const char* kHeardGone =
    "(SELECT count(*) FROM webhook_events WHERE event_id LIKE 'evt_gone_{order}%') = {n} AND "
    "({n} = 0 OR (SELECT state = 'canceled' FROM payments WHERE id = '{payment}'))";
// However often one event comes, it counts once.
inline constexpr const char* kHeardThrice =
    "{n} = 0 OR ((SELECT count(*) FROM webhook_events WHERE event_id = 'evt_thrice_{order}') = 1 AND "
    "(SELECT captured = amount FROM payments WHERE id = '{payment}') AND "
    "(SELECT count(*) FROM events WHERE type = 'PaymentReceived' AND aggregate_id = '{order}') <= 1)";
inline constexpr const char* kPacked =
    "{n} = 0 OR (SELECT state IN ('packed', 'handed_over', 'void') FROM pick_lists WHERE id = '{list}')";
inline constexpr const char* kShipped =
    "(SELECT count(*) FROM shipments WHERE order_id = '{order}') = {n} + {parcels}";
inline constexpr const char* kLeft =
    "{n} = 0 OR (SELECT state <> 'label_created' FROM shipments WHERE id = '{parcel}')";
inline constexpr const char* kArrived =
    "{n} = 0 OR (SELECT state IN ('delivered', 'returned') FROM shipments WHERE id = '{parcel}')";
inline constexpr const char* kHeardLeft =
    "(SELECT count(*) FROM webhook_events WHERE event_id LIKE 'n_picked_up_{parcel}%') = {n} AND "
    "({n} = 0 OR (SELECT state <> 'label_created' FROM shipments WHERE id = '{parcel}'))";
inline constexpr const char* kHeardArrived =
    "(SELECT count(*) FROM webhook_events WHERE event_id LIKE 'n_delivered_{parcel}%') = {n} AND "
    "({n} = 0 OR (SELECT state IN ('delivered', 'returned') FROM shipments WHERE id = '{parcel}'))";
inline constexpr const char* kHeardReturned =
    "(SELECT count(*) FROM webhook_events WHERE event_id LIKE 'n_returned_{parcel}%') = {n} AND "
    "({n} = 0 OR (SELECT state IN ('delivered', 'returned') FROM shipments WHERE id = '{parcel}'))";
inline constexpr const char* kReceived =
    "(SELECT count(*) FROM stock_ledger WHERE sku_id = '{sku}' AND movement = 'receive' AND quantity = 2) = "
    "{n}";
inline constexpr const char* kAdjusted =
    "(SELECT count(*) FROM stock_ledger WHERE sku_id = '{sku}' AND movement = 'adjust' AND reason = 'lost') "
    "= {n}";
inline constexpr const char* kLevelled =
    "{n} = 0 OR (SELECT low_stock_at = 2 FROM stock WHERE sku_id = '{sku}')";
// Both say which version they have seen, so that one of two is refused.
inline constexpr const char* kRenamed =
    "(SELECT count(*) FROM products WHERE id = '{product}' AND name <> 'A cup') = {n}";
inline constexpr const char* kRepriced =
    "(SELECT count(*) FROM skus WHERE id = '{sku}' AND price = 1100) = {n}";
inline constexpr const char* kSkuAdded =
    "(SELECT count(*) FROM skus WHERE product_id = '{product}') = 1 + {n}";
inline constexpr const char* kSkuOff =
    "{n} = 0 OR (SELECT deleted_at IS NOT NULL FROM skus WHERE id = '{sku}')";
inline constexpr const char* kProductOff =
    "{n} = 0 OR (SELECT deleted_at IS NOT NULL FROM products WHERE id = '{product}')";
inline constexpr const char* kTwoInCart =
    "(SELECT coalesce(sum(q), 0) FROM carts, unnest(quantities) AS q WHERE id = '{cart}') = 2 * {n}";
inline constexpr const char* kThreeInCart =
    "(SELECT coalesce(sum(q), 0) FROM carts, unnest(quantities) AS q WHERE id = '{other}') = 3 * {n}";
inline constexpr const char* kFullCheckedOut = "(SELECT count(*) FROM orders WHERE cart_id = '{full}') = {n}";

}  // namespace proofs

}  // namespace shopflow::fault
