#include "fault/book.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "shopflow/core/ids.hpp"

namespace shopflow::fault {
namespace {

/// As PostgreSQL writes it: what stands behind the prefix is the same 128 bits.
std::string uuid_of(std::string_view id) {
  const auto value = decode_uuid(id.substr(id.find('_') + 1));
  if (!value) throw std::runtime_error{"not an identifier: " + std::string{id}};
  return to_hyphenated(*value);
}

/// Rows of a VALUES list; without one there is nothing to compare.
class Values {
 public:
  template <class... Fields>
  void row(const Fields&... fields) {
    text_ += text_.empty() ? "(" : ", (";
    std::string separator;
    ((text_ += separator + fmt::format("{}", fields), separator = ", "), ...);
    text_ += ")";
  }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Of an order, in the order of their SKUs.
std::string lines_of(const testing::Json& order) {
  std::set<std::string> lines;
  for (const auto& line : order.at("lines"))
    lines.insert(fmt::format("{}:{}:{}", uuid_of(line.at("sku_id").get<std::string>()),
                             line.at("quantity").get<std::int64_t>(),
                             line.at("price").at("amount").get<std::int64_t>()));
  return fmt::format("{}", fmt::join(lines, " "));
}

std::string literal(std::string_view id) { return fmt::format("'{}'::uuid", uuid_of(id)); }

/// `sql` has {} for the rows and gives one line of text for each that is not as it should be.
void find(const testing::TestDatabase& database, const Values& values, fmt::string_view sql,
          std::vector<std::string>& problems) {
  if (values.empty()) return;
  const auto query = fmt::vformat(sql, fmt::make_format_args(values.text()));
  const auto found = database.sql(fmt::format(
      "SELECT string_agg(line, chr(10)) FROM (SELECT line FROM ({}) AS q (line) LIMIT 5) AS few", query));
  if (!found.empty()) problems.push_back(found);
}

constexpr auto* kOrders = R"(
SELECT 'an order was acknowledged with ' || v.total || ' and is ' || coalesce(o.total::text, 'not there') || ': ' || v.id ||
       CASE WHEN v.lines <> l.lines THEN ', with lines ' || v.lines || ' that are ' || l.lines ELSE '' END ||
       CASE WHEN v.paid AND coalesce(o.captured, 0) < v.total THEN ', paid but its money is not booked' ELSE '' END ||
       CASE WHEN v.cancelled AND o.state <> 'cancelled' THEN ', cancelled but it is ' || o.state ELSE '' END
FROM (VALUES {}) AS v (id, cart, total, lines, paid, cancelled) LEFT JOIN orders AS o ON o.id = v.id,
     LATERAL (SELECT coalesce(string_agg(sku || ':' || units || ':' || price, ' ' ORDER BY sku), '') AS lines
              FROM unnest(o.line_skus, o.line_quantities, o.line_prices) AS q (sku, units, price)) AS l
WHERE o.id IS NULL OR o.total <> v.total OR o.cart_id <> v.cart OR (v.paid AND o.captured < v.total)
   OR v.lines <> l.lines OR (v.cancelled AND o.state <> 'cancelled')
)";

constexpr auto* kLines = R"(
SELECT 'a cart was acknowledged with ' || v.units || ' units and has ' || coalesce(l.quantity, 0) || ': ' || v.cart
FROM (VALUES {}) AS v (cart, sku, units) LEFT JOIN carts AS c ON c.id = v.cart
     LEFT JOIN LATERAL unnest(c.sku_ids, c.quantities) AS l (sku, quantity) ON l.sku = v.sku
WHERE coalesce(l.quantity, 0) <> v.units
)";

constexpr auto* kRefused = R"(
SELECT 'a checkout was refused and is an order: ' || o.id
FROM (VALUES {}) AS v (cart) JOIN orders AS o ON o.cart_id = v.cart
)";

constexpr auto* kAsked = R"(
SELECT 'nobody asked for this order: ' || o.id FROM orders AS o
WHERE NOT EXISTS (SELECT FROM (VALUES {}) AS v (cart) WHERE v.cart = o.cart_id)
UNION ALL
SELECT 'a cart is ' || count(*) || ' orders: ' || cart_id FROM orders GROUP BY cart_id HAVING count(*) > 1
)";

constexpr auto* kRefunds = R"(
SELECT 'a refund was acknowledged and is not so: ' || v.id
FROM (VALUES {}) AS v (id, order_id, amount) LEFT JOIN refunds AS r ON r.id = v.id
WHERE r.id IS NULL OR r.amount <> v.amount OR r.order_id <> v.order_id OR r.state = 'failed'
)";

constexpr auto* kPacked = R"(
SELECT 'a pick list was acknowledged as packed and is not: ' || v.id
FROM (VALUES {}) AS v (id) LEFT JOIN pick_lists AS p ON p.id = v.id
WHERE p.id IS NULL OR p.state NOT IN ('packed', 'handed_over', 'void')
)";

constexpr auto* kShipped = R"(
SELECT 'a parcel was acknowledged as on its way and is not: ' || v.id
FROM (VALUES {}) AS v (id) LEFT JOIN shipments AS s ON s.id = v.id
WHERE s.id IS NULL OR s.state = 'label_created'
)";

constexpr auto* kReceived = R"(
SELECT v.heard || ' units were acknowledged as received, ' || v.asked || ' asked for, ' || l.units || ' booked: ' || v.sku
FROM (VALUES {}) AS v (sku, heard, asked),
     LATERAL (SELECT coalesce(sum(quantity), 0) AS units FROM stock_ledger
              WHERE sku_id = v.sku AND movement = 'receive' AND reason = 'fault') AS l
WHERE l.units NOT BETWEEN v.heard AND v.asked
)";

struct Proof {
  Done what;
  const char* otherwise;
  const char* there;  // a table and its rows of the identifier v.id
};

constexpr std::array kProofs{
    Proof{Done::invoice_paid, "an invoice was acknowledged as paid and is not",
          "orders AS o WHERE o.id = v.id AND o.captured >= o.total AND o.state <> 'pending_payment'"},
    Proof{Done::order_noted, "a note was acknowledged and is not there",
          "orders AS o WHERE o.id = v.id AND o.note <> ''"},
    Proof{Done::parcel_delivered, "a parcel was acknowledged as delivered and is not",
          "shipments AS s WHERE s.id = v.id AND s.state = 'delivered'"},
    Proof{Done::key_made, "a key was acknowledged and is not there", "api_keys AS k WHERE k.id = v.id"},
    Proof{Done::key_revoked, "a key was acknowledged as revoked and still opens",
          "api_keys AS k WHERE k.id = v.id AND k.revoked_at IS NOT NULL"},
    Proof{Done::product_made, "a product was acknowledged and is not there",
          "products AS p WHERE p.id = v.id"},
    Proof{Done::product_renamed, "a product was acknowledged as renamed and is not",
          "products AS p WHERE p.id = v.id AND p.name = 'A dish'"},
    Proof{Done::product_deleted, "a product was acknowledged as deleted and is not",
          "products AS p WHERE p.id = v.id AND p.deleted_at IS NOT NULL"}};

constexpr auto* kUnanswered = R"(
SELECT 'it was done and never answered: ' || r.scope || ' ' || r.key || ', ' || r.status
FROM (VALUES {}) AS v (key, gone) JOIN receipts AS r ON r.key = v.key AND r.created_at < v.gone
)";

}  // namespace

void Book::held(const std::string& cart, const std::string& sku, int quantity) {
  const std::scoped_lock lock{mutex_};
  carts_[cart][sku] = quantity;
  ++acknowledged_;
}

void Book::lines_in_doubt(const std::string& cart) {
  const std::scoped_lock lock{mutex_};
  carts_.erase(cart);
}

void Book::checkout_asked(const std::string& cart) {
  const std::scoped_lock lock{mutex_};
  asked_.insert(cart);
}

void Book::checkout_refused(const std::string& cart) {
  const std::scoped_lock lock{mutex_};
  refused_.insert(cart);
}

void Book::placed(const testing::Json& order) {
  const std::scoped_lock lock{mutex_};
  orders_[order.at("id")] = {order.at("cart_id"), order.at("total").at("amount"), lines_of(order)};
  ++acknowledged_;
}

void Book::paid(const std::string& order) {
  const std::scoped_lock lock{mutex_};
  orders_.at(order).paid = true;
  ++acknowledged_;
}

void Book::cancelled(const std::string& order) {
  const std::scoped_lock lock{mutex_};
  orders_.at(order).cancelled = true;
  ++acknowledged_;
}

void Book::refunded(const testing::Json& refund) {
  const std::scoped_lock lock{mutex_};
  refunds_[refund.at("id")] = {refund.at("order_id"), refund.at("amount").at("amount")};
  ++acknowledged_;
}

void Book::packed(const std::string& pick_list) {
  const std::scoped_lock lock{mutex_};
  packed_.insert(pick_list);
  ++acknowledged_;
}

void Book::shipped(const std::string& shipment) {
  const std::scoped_lock lock{mutex_};
  shipped_.insert(shipment);
  ++acknowledged_;
}

void Book::received(const std::string& sku, int quantity, bool heard) {
  const std::scoped_lock lock{mutex_};
  if (heard) {
    received_[sku].heard += quantity;
    ++acknowledged_;
  } else {
    received_[sku].asked += quantity;
  }
}

void Book::done(Done what, const std::string& id) {
  const std::scoped_lock lock{mutex_};
  acknowledged_ += done_[what].insert(id).second ? 1 : 0;
}

void Book::complain(std::string what) {
  const std::scoped_lock lock{mutex_};
  if (complaints_.size() < 20) complaints_.push_back(std::move(what));
}

void Book::unanswered(const std::string& key) {
  const std::scoped_lock lock{mutex_};
  unanswered_.insert(key);
}

std::vector<std::string> Book::done_unanswered(const testing::TestDatabase& database,
                                               const std::string& gone) {
  const std::scoped_lock lock{mutex_};
  Values keys;
  for (const auto& key : std::exchange(unanswered_, {}))
    keys.row("'" + key + "'", "'" + gone + "'::timestamptz");
  std::vector<std::string> problems;
  find(database, keys, kUnanswered, problems);
  return problems;
}

std::int64_t Book::count_new() {
  const std::scoped_lock lock{mutex_};
  return std::exchange(acknowledged_, 0);
}

std::vector<std::string> Book::compare(const testing::TestDatabase& database) {
  const std::scoped_lock lock{mutex_};
  auto problems = std::exchange(complaints_, {});
  Values orders;
  for (const auto& [id, order] : orders_)
    orders.row(literal(id), literal(order.cart), order.total, "'" + order.lines + "'", order.paid,
               order.cancelled);
  find(database, orders, kOrders, problems);
  Values lines;
  for (const auto& [cart, units] : carts_) {
    for (const auto& [sku, count] : units) lines.row(literal(cart), literal(sku), count);
  }
  find(database, lines, kLines, problems);
  Values refused;
  for (const auto& cart : refused_) refused.row(literal(cart));
  find(database, refused, kRefused, problems);
  Values asked;
  for (const auto& cart : asked_) asked.row(literal(cart));
  find(database, asked, kAsked, problems);
  Values refunds;
  for (const auto& [id, refund] : refunds_) refunds.row(literal(id), literal(refund.order), refund.amount);
  find(database, refunds, kRefunds, problems);
  Values packed;
  for (const auto& id : packed_) packed.row(literal(id));
  find(database, packed, kPacked, problems);
  Values shipped;
  for (const auto& id : shipped_) shipped.row(literal(id));
  find(database, shipped, kShipped, problems);
  Values received;
  for (const auto& [sku, units] : received_) received.row(literal(sku), units.heard, units.asked);
  find(database, received, kReceived, problems);
  for (const auto& proof : kProofs) {
    Values ids;
    for (const auto& id : done_[proof.what]) ids.row(literal(id));
    find(database, ids,
         fmt::format("SELECT '{}: ' || v.id FROM (VALUES {{}}) AS v (id) WHERE NOT EXISTS (SELECT FROM {})",
                     proof.otherwise, proof.there),
         problems);
  }
  return problems;
}

}  // namespace shopflow::fault
