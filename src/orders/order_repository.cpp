#include "orders/order_repository.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "orders/order_rows.hpp"
#include "shopflow/core/distinct.hpp"
#include "shopflow/db/joint_statement.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::orders {
namespace {

#define SHOPFLOW_ORDER_COLUMNS                                                                            \
  "id, number, cart_id, state, version, event_sequence, email, shipping_address, billing_address, "       \
  "shipping_method, currency, subtotal, shipping, tax, total, captured, refunded, cancel_reason, note, "  \
  "created_at, updated_at, line_skus, line_codes, line_names, line_quantities, line_prices, line_taxes, " \
  "line_totals, line_shipped "

// Here and in kCarts, key by key: each is looked for in its partition alone, and never by what lies between
// the first and the last of them, which may be years.
#define SHOPFLOW_ORDERS_WANTED \
  "FROM (SELECT unnest($1::uuid[])) AS wanted (order_id) JOIN orders ON id = order_id "

const db::Statement kLoad{"orders.load", "SELECT " SHOPFLOW_ORDER_COLUMNS SHOPFLOW_ORDERS_WANTED
                                         "ORDER BY id FOR NO KEY UPDATE OF orders"};

const db::Statement kRead{"orders.read", "SELECT " SHOPFLOW_ORDER_COLUMNS "FROM orders WHERE id = $1"};

const db::Statement kList{"orders.list", "SELECT " SHOPFLOW_ORDER_COLUMNS R"(
FROM orders
WHERE ($1::order_state IS NULL OR state = $1) AND id < $2
ORDER BY id DESC LIMIT $3
)"};

// Apart from the list, so that its plan is the one by address.
const db::Statement kListOfEmail{"orders.list_of_email", "SELECT " SHOPFLOW_ORDER_COLUMNS R"(
FROM orders
WHERE lower(email) = lower($4) AND ($1::order_state IS NULL OR state = $1) AND id < $2
ORDER BY id DESC LIMIT $3
)"};

const db::Statement kCarts{"orders.carts_of", "SELECT cart_id " SHOPFLOW_ORDERS_WANTED};

const db::Statement kInsert{"orders.insert", NewOrders::kText};

const db::Statement kTakeNumbers{"orders.take_numbers", R"(
SELECT nextval(numbers.sequence)
FROM (SELECT pg_get_serial_sequence('orders', 'number')::regclass AS sequence OFFSET 0) AS numbers, generate_series(1, $1::int4)
)"};

// Does not wait for the disk: an order that bears one of these numbers stands behind them in PostgreSQL's
// log, and is not there without them. It is the whole transaction that does not wait, so it must be one by
// itself.
const db::Statement kDrawNumbers{"orders.draw_numbers", R"(
SELECT nextval(numbers.sequence)
FROM (SELECT set_config('synchronous_commit', 'off', true), pg_get_serial_sequence('orders', 'number')::regclass AS sequence OFFSET 0)
       AS numbers, generate_series(1, $1::int4)
)"};

/// Numbers that a session has drawn and given to no order yet. They end with it: those that PostgreSQL may
/// have forgotten in a crash are not used, since it gives them again.
class DrawnNumbers {
 public:
  /// Whether there are so many, and none so old that orders placed long since have greater ones.
  [[nodiscard]] bool suffice(std::size_t count, Timestamp now) const {
    return numbers_.size() - next_ >= count && drawn_ <= now && now < drawn_ + kFresh;
  }

  /// Some for the next batches, too, where many orders come at once: a question costs as much as several
  /// orders.
  void draw(db::Transaction& tx, std::size_t count, Timestamp now) {
    const auto ahead = count < kMany ? 0 : std::min(count * kBatchesAhead, kAheadMax);
    const auto rows = tx.exec(kDrawNumbers, static_cast<std::int32_t>(count + ahead));
    numbers_.clear();
    next_ = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) numbers_.push_back(rows[i].next<std::int64_t>());
    drawn_ = now;
  }

  [[nodiscard]] std::int64_t next() { return numbers_.at(next_++); }

 private:
  static constexpr std::chrono::seconds kFresh{1};
  static constexpr std::size_t kMany = 8;
  static constexpr std::size_t kBatchesAhead = 7;
  static constexpr std::size_t kAheadMax = 448;

  std::vector<std::int64_t> numbers_;
  std::size_t next_ = 0;
  Timestamp drawn_;
};

const db::Statement kSave{"orders.save", ChangedOrders::kText};

void read_lines(db::Row& row, Order& order) {
  const auto skus = row.next<std::vector<Uuid>>();
  auto codes = row.next<std::vector<std::string>>();
  auto names = row.next<std::vector<std::string>>();
  const auto quantities = row.next<std::vector<std::int32_t>>();
  const auto prices = row.next<std::vector<std::int64_t>>();
  const auto taxes = row.next<std::vector<std::int64_t>>();
  const auto totals = row.next<std::vector<std::int64_t>>();
  const auto shipped = row.next<std::vector<std::int32_t>>();
  for (std::size_t i = 0; i < skus.size(); ++i) {
    order.lines.push_back({SkuId{skus[i]}, std::move(codes.at(i)), std::move(names.at(i)), quantities.at(i),
                           prices.at(i), taxes.at(i), totals.at(i), shipped.at(i)});
  }
}

Order read(db::Row row) {
  Order order;
  order.id = row.next<OrderId>();
  order.number = row.next<std::int64_t>();
  order.cart_id = row.next<CartId>();
  order.state = json::value_of<OrderState>(row.next<std::string>()).value();
  order.version = row.next<std::int32_t>();
  order.event_sequence = row.next<std::int32_t>();
  order.email = row.next<std::string>();
  order.shipping_address = row.next<std::string>();
  order.billing_address = row.next<std::optional<std::string>>();
  order.shipping_method = row.next<std::string>();
  order.currency = row.next<Currency>();
  order.subtotal = row.next<std::int64_t>();
  order.shipping = row.next<std::int64_t>();
  order.tax = row.next<std::int64_t>();
  order.total = row.next<std::int64_t>();
  order.captured = row.next<std::int64_t>();
  order.refunded = row.next<std::int64_t>();
  order.cancel_reason = row.next<std::optional<std::string>>();
  order.note = row.next<std::optional<std::string>>();
  order.created_at = row.next<Timestamp>();
  order.updated_at = row.next<Timestamp>();
  read_lines(row, order);
  return order;
}

std::vector<Order> read_all(const db::Rows& rows) {
  std::vector<Order> orders;
  orders.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) orders.push_back(read(rows[i]));
  return orders;
}

/// As they are joined, which gives a row for each.
db::UuidArray each_once(std::vector<OrderId> ids) {
  keep_distinct(ids);
  return db::UuidArray{ids};
}

}  // namespace

std::vector<Order> load_orders(db::Transaction& tx, const std::vector<OrderId>& ids) {
  if (ids.empty()) return {};
  return read_all(tx.exec(kLoad, each_once(ids)));
}

std::vector<CartId> carts_of(db::Transaction& tx, const std::vector<OrderId>& ids) {
  if (ids.empty()) return {};
  const auto rows = tx.exec(kCarts, each_once(ids));
  std::vector<CartId> carts;
  for (std::size_t i = 0; i < rows.size(); ++i) carts.push_back(rows[i].next<CartId>());
  return carts;
}

std::optional<Order> read_order(db::Transaction& tx, OrderId id) {
  const auto rows = tx.exec(kRead, id);
  if (rows.empty()) return std::nullopt;
  return read(rows[0]);
}

std::vector<Order> list_orders(db::Transaction& tx, const OrderFilter& filter) {
  std::optional<std::string> state;
  if (filter.state) state = std::string{json::name_of(*filter.state)};
  const auto before = filter.before.value_or(OrderId{Uuid::max()});
  if (!filter.email) return read_all(tx.exec(kList, state, before, filter.count_max));
  return read_all(tx.exec(kListOfEmail, state, before, filter.count_max, *filter.email));
}

void draw_numbers(db::Transaction& tx, const std::vector<Order*>& orders, Timestamp now) {
  if (orders.empty()) return;
  if (!tx.is_alone()) throw std::logic_error{"numbers are drawn outside of a transaction"};
  auto& drawn = tx.of_session<DrawnNumbers>();
  if (!drawn.suffice(orders.size(), now)) drawn.draw(tx, orders.size(), now);
  for (auto* order : orders) order->number = drawn.next();
}

void take_numbers(db::Transaction& tx, const std::vector<Order*>& orders) {
  const auto rows = tx.exec(kTakeNumbers, static_cast<std::int32_t>(orders.size()));
  for (std::size_t i = 0; i < orders.size(); ++i) orders[i]->number = rows[i].next<std::int64_t>();
}

void insert_orders(db::Transaction& tx, const std::vector<Order*>& orders) {
  if (orders.empty()) return;
  take_numbers(tx, orders);
  db::write_rows(tx, kInsert, NewOrders{orders});
}

void save_orders(db::Transaction& tx, std::vector<Order*> orders, Timestamp now) {
  if (orders.empty()) return;
  if (db::write_rows(tx, kSave, ChangedOrders{orders, now}).affected() != orders.size())
    throw std::logic_error{"an order has changed under its lock"};
}

}  // namespace shopflow::orders
