#include "bench/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <pqxx/pqxx>
#include <pqxx/stream_to>

#include "bench/shoppers.hpp"
#include "shopflow/core/ids.hpp"

namespace shopflow::bench {
namespace {

/// So many orders are created before the first of them is paid, as when so many shoppers are at it at once.
constexpr std::size_t kTemplates = 256;
/// Orders of one transaction, a multiple of kTemplates.
constexpr std::size_t kChunk = 1024 * kTemplates;

constexpr auto* kTables = R"(
CREATE TABLE IF NOT EXISTS bench_templates (place bigint PRIMARY KEY, order_id uuid, cart_id uuid, payment_id uuid,
                                            order_text text, cart_text text, payment_text text);
CREATE TABLE IF NOT EXISTS bench_copies (n bigint, place bigint, order_id uuid, cart_id uuid, payment_id uuid,
                                         created_id uuid, paid_id uuid, order_text text, cart_text text,
                                         payment_text text);
TRUNCATE bench_copies;
)";

using Changes = std::map<std::string, std::string>;  // column to the SQL that replaces it

/// Copies rows of a table, which `match` ties to their template `k`; each change may use the copy `m`, the
/// template and the row `t`. Columns are taken as they are found, so that new ones need nothing here.
void copy(pqxx::work& work, const std::string& table, const std::string& match, const Changes& changes,
          const std::string& order = "m.n") {
  const auto found = work.exec(fmt::format(
      "SELECT attname FROM pg_attribute WHERE attrelid = '{}'::regclass AND attnum > 0 AND NOT attisdropped"
      " AND attidentity = '' AND attgenerated = '' ORDER BY attnum",
      table));
  std::string names;
  std::string values;
  for (const auto& row : found) {
    const auto name = row[0].as<std::string>();
    const auto change = changes.find(name);
    const auto* comma = names.empty() ? "" : ", ";
    names += comma + name;
    values += comma + (change != changes.end() ? change->second : "t." + name);
  }
  work.exec(fmt::format(
      "INSERT INTO {0} ({1}) SELECT {2} FROM bench_copies m JOIN bench_templates k ON k.place = m.place"
      " JOIN {0} t ON {3} ORDER BY {4}",
      table, names, values, match, order));
}

template <class Id>
Id id_of(const pqxx::field& field) {
  return Id{parse_hyphenated(field.c_str()).value()};
}

void note_templates(pqxx::work& work) {
  if (work.exec1("SELECT count(*) FROM bench_templates")[0].as<std::size_t>() > 0) return;
  const auto orders = work.exec(fmt::format(
      "SELECT o.id, o.cart_id, p.id FROM orders o JOIN payments p ON p.order_id = o.id WHERE o.state = 'paid'"
      " ORDER BY o.id LIMIT {}",
      kTemplates));
  if (orders.size() != kTemplates) throw std::logic_error{"there are no orders to copy"};
  std::size_t place = 0;
  for (const auto& row : orders) {
    work.exec(fmt::format("INSERT INTO bench_templates VALUES ({}, '{}', '{}', '{}', '{}', '{}', '{}')",
                          place++, row[0].c_str(), row[1].c_str(), row[2].c_str(),
                          id_of<OrderId>(row[0]).str(), id_of<CartId>(row[1]).str(),
                          id_of<PaymentId>(row[2]).str()));
  }
}

void note_copies(pqxx::work& work, std::size_t count) {
  const SystemClock clock;
  pqxx::stream_to stream{work, "bench_copies"};
  for (std::size_t n = 0; n < count; ++n) {
    const auto now = clock.now();
    const auto cart = CartId::make(now);
    const auto order = OrderId::make(now);
    const auto payment = PaymentId::make(now);
    stream << std::make_tuple(n, n % kTemplates, to_hyphenated(order.value), to_hyphenated(cart.value),
                              to_hyphenated(payment.value), to_hyphenated(make_uuid7(now)),
                              to_hyphenated(make_uuid7(now)), order.str(), cart.str(), payment.str());
  }
  stream.complete();
}

void copy_rows(pqxx::work& work) {
  const std::string replaced =
      "replace(replace(replace(t.{0}, k.order_text, m.order_text), k.cart_text, m.cart_text), k.payment_text,"
      " m.payment_text)";
  copy(work, "carts", "t.id = k.cart_id", {{"id", "m.cart_id"}, {"order_id", "m.order_id"}});
  copy(work, "orders", "t.id = k.order_id", {{"id", "m.order_id"}, {"cart_id", "m.cart_id"}});
  copy(work, "payments", "t.id = k.payment_id",
       {{"id", "m.payment_id"},
        {"order_id", "m.order_id"},
        {"provider_ref", "replace(t.provider_ref, substr(k.payment_text, 5), substr(m.payment_text, 5))"}});
  copy(work, "stock_ledger", "t.cause_id = k.cart_id AND t.movement = 'hold'",
       {{"id", "m.order_id"}, {"cause_id", "m.cart_id"}});
  const auto position = fmt::format(
      "(SELECT position FROM event_log_head) + m.n / {0} * {1} + m.n % {0} + 1 + CASE t.type WHEN "
      "'OrderCreated' THEN 0"
      " ELSE {0} END",
      kTemplates, 2 * kTemplates);
  copy(work, "events", "t.aggregate_id = k.order_id",
       {{"position", position},
        {"id", "CASE t.type WHEN 'OrderCreated' THEN m.created_id ELSE m.paid_id END"},
        {"aggregate_id", "m.order_id"},
        {"data", fmt::format(fmt::runtime(replaced), "data")}},
       "1");
}

/// The copies' units are held, as an order's are until its events have been handled.
void move_counters(pqxx::work& work) {
  work.exec(
      "UPDATE stock s SET held = s.held + c.units FROM ("
      " SELECT l.sku_id, sum(l.quantity) AS units FROM bench_copies m JOIN bench_templates k ON k.place = "
      "m.place"
      " JOIN orders o ON o.id = k.order_id, unnest(o.line_skus, o.line_quantities) AS l (sku_id, quantity)"
      " GROUP BY l.sku_id) AS c WHERE c.sku_id = s.sku_id");
}

void add_chunk(pqxx::connection& connection, std::size_t orders) {
  pqxx::work work{connection};
  work.exec(kTables);
  note_templates(work);
  note_copies(work, orders);
  work.exec("ANALYZE bench_copies");
  copy_rows(work);
  move_counters(work);
  work.exec(fmt::format("UPDATE event_log_head SET position = position + {}", 2 * orders));
  work.commit();
}

}  // namespace

History::History(Stand& stand) : stand_{stand} {
  Budget budget{kTemplates};
  Crowd crowd;
  for (std::size_t i = 0; i < 64; ++i)
    crowd.push_back(std::make_unique<Traveller>(stand.catalogue(), stand.admin_key(), i, &budget));
  (void)run_load({.port = stand.server().port()}, crowd);
  stand.drain();
}

std::size_t History::add_orders(std::size_t count) {
  pqxx::connection connection{stand_.database().url()};
  const auto orders = (count + kTemplates - 1) / kTemplates * kTemplates;
  for (std::size_t made = 0; made < orders; made += kChunk)
    add_chunk(connection, std::min(kChunk, orders - made));
  pqxx::nontransaction{connection}.exec("ANALYZE");
  return 2 * orders;
}

}  // namespace shopflow::bench
