#include "bench/history.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <pqxx/pqxx>
#include <pqxx/stream_to>
#include <vector>

#include "bench/past_partitions.hpp"
#include "bench/shoppers.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::bench {
namespace {

/// Orders that are played, and then copied in turn. In a rush, so many are created before the first of them
/// is paid.
constexpr std::size_t kTemplates = 256;
/// Orders of one transaction, a multiple of kTemplates: what the disk has to hold twice for a while.
constexpr std::size_t kChunk = 512 * kTemplates;
/// Different customers, each of whom comes again and again.
constexpr std::size_t kCustomers = 200'003;

/// Rows are copied as they are found at first, so that no copy costs more than the one before.
struct Source {
  std::string table;
  std::string match;  // ties a row `t` to its template `k`
};
const std::vector<Source> kSources{
    {"carts", "t.id = k.cart_id"},
    {"orders", "t.id = k.order_id"},
    {"payments", "t.id = k.payment_id"},
    {"stock_ledger", "t.cause_id = k.cart_id AND t.movement = 'hold'"},
    {"events", "t.aggregate_id = k.order_id"},
};

constexpr auto* kTables = R"(
CREATE TABLE bench_templates (place bigint PRIMARY KEY, order_id uuid, cart_id uuid, payment_id uuid,
                              created_at timestamptz, order_text text, cart_text text, payment_text text);
CREATE TABLE bench_copies (n bigint, place bigint, order_id uuid, cart_id uuid, payment_id uuid,
                           created_id uuid, paid_id uuid, created_at timestamptz, order_text text,
                           cart_text text, payment_text text);
)";

struct Column {
  std::string name;
  std::string type;
};

/// Those that are written, as they are found, so that new ones need nothing here.
std::vector<Column> columns_of(pqxx::work& work, const std::string& table) {
  std::vector<Column> columns;
  for (const auto& row : work.exec(fmt::format(
           "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = '{}'::regclass"
           " AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = '' ORDER BY attnum",
           table)))
    columns.push_back({row[0].as<std::string>(), row[1].as<std::string>()});
  return columns;
}

/// What a copy has in a column: times are as far from its order's beginning as the template's are from its.
std::string copied(const Column& column) {
  if (column.type == "timestamp with time zone")
    return fmt::format("t.{} + (m.created_at - k.created_at)", column.name);
  if (column.type == "timestamp with time zone[]")
    return fmt::format(
        "ARRAY(SELECT moment + (m.created_at - k.created_at) FROM unnest(t.{}) WITH ORDINALITY AS u (moment, "
        "place) ORDER BY u.place)",
        column.name);
  return "t." + column.name;
}

using Changes = std::map<std::string, std::string>;  // column to the SQL that replaces it

/// Copies the rows of a table; each change may use the copy `m`, the template `k` and the row `t`.
void copy(pqxx::work& work, const std::string& table, const Changes& changes,
          const std::string& order = "m.n") {
  std::string names;
  std::string values;
  for (const auto& column : columns_of(work, table)) {
    const auto change = changes.find(column.name);
    const auto* comma = names.empty() ? "" : ", ";
    names += comma + column.name;
    values += comma + (change != changes.end() ? change->second : copied(column));
  }
  work.exec(fmt::format(
      "INSERT INTO {0} ({1}) SELECT {2} FROM bench_copies m JOIN bench_templates k ON k.place = m.place"
      " JOIN bench_from_{0} t ON t.bench_place = m.place ORDER BY {3}",
      table, names, values, order));
}

template <class Id>
Id id_of(const pqxx::field& field) {
  return Id{parse_hyphenated(field.c_str()).value()};
}

void note_templates(pqxx::work& work) {
  work.exec(kTables);
  const auto orders = work.exec(fmt::format(
      "SELECT o.id, o.cart_id, p.id, o.created_at FROM orders o JOIN payments p ON p.order_id = o.id"
      " WHERE o.state = 'paid' ORDER BY o.id LIMIT {}",
      kTemplates));
  if (orders.size() != kTemplates) throw std::logic_error{"there are no orders to copy"};
  std::size_t place = 0;
  for (const auto& row : orders) {
    work.exec(fmt::format("INSERT INTO bench_templates VALUES ({}, '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
                          place++, row[0].c_str(), row[1].c_str(), row[2].c_str(), row[3].c_str(),
                          id_of<OrderId>(row[0]).str(), id_of<CartId>(row[1]).str(),
                          id_of<PaymentId>(row[2]).str()));
  }
  for (const auto& source : kSources) {
    work.exec(fmt::format(
        "CREATE TABLE bench_from_{0} AS SELECT k.place AS bench_place, t.* FROM bench_templates k JOIN {0} t"
        " ON {1}; ANALYZE bench_from_{0}",
        source.table, source.match));
  }
  work.exec("ANALYZE bench_templates");
}

/// When which order is created.
struct Calendar {
  Timestamp from;
  std::chrono::microseconds span;
  std::size_t orders;
  [[nodiscard]] Timestamp of(std::size_t n) const {
    return from +
           std::chrono::microseconds{static_cast<std::int64_t>(
               static_cast<double>(span.count()) * static_cast<double>(n) / static_cast<double>(orders))};
  }
  /// How many orders are created before the first of them is paid.
  [[nodiscard]] std::size_t together() const { return span.count() > 0 ? 1 : kTemplates; }
};

/// The moment as PostgreSQL reads it, in seconds with their fractions.
std::string written(Timestamp at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:06}+00", seconds, (at - seconds).count());
}

/// The copies from the n-th on.
void note_copies(pqxx::work& work, const Calendar& calendar, std::size_t first, std::size_t count) {
  work.exec("TRUNCATE bench_copies");
  pqxx::stream_to stream{work, "bench_copies"};
  for (std::size_t n = 0; n < count; ++n) {
    const auto at = calendar.of(first + n);
    const auto cart = CartId::make(at);
    const auto order = OrderId::make(at);
    const auto payment = PaymentId::make(at);
    stream << std::make_tuple(n, n % kTemplates, to_hyphenated(order.value), to_hyphenated(cart.value),
                              to_hyphenated(payment.value), to_hyphenated(make_uuid7(at)),
                              to_hyphenated(make_uuid7(at)), written(at), order.str(), cart.str(),
                              payment.str());
  }
  stream.complete();
  work.exec("ANALYZE bench_copies");
}

void copy_rows(pqxx::work& work, std::size_t together) {
  copy(work, "carts", {{"id", "m.cart_id"}, {"order_id", "m.order_id"}});
  copy(work, "orders",
       {{"id", "m.order_id"},
        {"cart_id", "m.cart_id"},
        {"email", fmt::format("'shopper' || m.n * 7919 % {} || '@example.com'", kCustomers)}});
  copy(work, "payments",
       {{"id", "m.payment_id"},
        {"order_id", "m.order_id"},
        {"provider_ref", "replace(t.provider_ref, substr(k.payment_text, 5), substr(m.payment_text, 5))"}});
  copy(work, "stock_ledger", {{"id", "m.order_id"}, {"cause_id", "m.cart_id"}});
  copy(work, "events",
       {{"position", fmt::format("(SELECT position FROM event_log_head) + m.n / {0} * {1} + m.n % {0} + 1"
                                 " + CASE t.type WHEN 'OrderCreated' THEN 0 ELSE {0} END",
                                 together, 2 * together)},
        {"id", "CASE t.type WHEN 'OrderCreated' THEN m.created_id ELSE m.paid_id END"},
        {"aggregate_id", "m.order_id"},
        {"data",
         "replace(replace(replace(t.data, k.order_text, m.order_text), k.cart_text, m.cart_text),"
         " k.payment_text, m.payment_text)"}},
       "1");
}

/// The copies' units are held, as an order's are until its events have been handled.
void move_counters(pqxx::work& work) {
  work.exec(
      "UPDATE stock s SET held = s.held + c.units FROM ("
      " SELECT l.sku_id, sum(l.quantity) AS units FROM bench_copies m JOIN bench_from_orders o"
      " ON o.bench_place = m.place, unnest(o.line_skus, o.line_quantities) AS l (sku_id, quantity)"
      " GROUP BY l.sku_id) AS c WHERE c.sku_id = s.sku_id");
}

}  // namespace

History::History(Stand& stand) : stand_{stand} {
  Budget budget{kTemplates};
  Crowd crowd;
  for (std::size_t i = 0; i < 64; ++i)
    crowd.push_back(std::make_unique<Traveller>(stand.catalogue(), stand.admin_key(), i, &budget));
  (void)run_load({.server = stand.address()}, crowd);
  stand.drain();
  pqxx::connection connection{stand_.database().url()};
  pqxx::work work{connection};
  note_templates(work);
  work.commit();
}

std::size_t History::add_orders(std::size_t count, std::chrono::hours span) {
  pqxx::connection connection{stand_.database().url()};
  if (span.count() > 0) {
    pqxx::work work{connection};
    partition_past(work, span);
    work.commit();
  }
  const auto orders = (count + kTemplates - 1) / kTemplates * kTemplates;
  const Calendar calendar{SystemClock{}.now() - span, span, orders};
  for (std::size_t made = 0; made < orders; made += kChunk) {
    const auto chunk = std::min(kChunk, orders - made);
    pqxx::work work{connection};
    note_copies(work, calendar, made, chunk);
    copy_rows(work, calendar.together());
    move_counters(work);
    work.exec(fmt::format("UPDATE event_log_head SET position = position + {}", 2 * chunk));
    work.commit();
  }
  pqxx::nontransaction{connection}.exec("TRUNCATE bench_copies; ANALYZE");
  return 2 * orders;
}

}  // namespace shopflow::bench
