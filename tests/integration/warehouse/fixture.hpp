#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "shopflow/db/pool.hpp"
#include "shopflow/events/outbox.hpp"
#include "shopflow/warehouse/warehouse_api.hpp"
#include "shopflow/warehouse/warehouse_handler.hpp"
#include "support/logged_events.hpp"
#include "support/run.hpp"
#include "support/shop_rows.hpp"

namespace shopflow::warehouse {

/// A warehouse over a database of its own, with two things on its shelves.
class WarehouseTest : public ::testing::Test {
 protected:
  using LoggedEvent = testing::LoggedEvent;

  const LoggedEvent& created(OrderId order, std::vector<events::SoldLine> lines) {
    events::OrderCreated event;
    event.order_id = order;
    event.total = {300, Currency::parse("EUR").value()};
    event.lines = std::move(lines);
    return log_.add(event, order.value, tick());
  }
  const LoggedEvent& paid(OrderId order) {
    events::PaymentReceived event;
    event.order_id = order;
    event.amount = {300, Currency::parse("EUR").value()};
    return log_.add(event, order.value, tick());
  }
  const LoggedEvent& fulfilled(OrderId order) {
    return log_.add(events::OrderFulfilled{order, PickListId{}}, order.value, tick());
  }
  const LoggedEvent& cancelled(OrderId order) {
    return log_.add(events::OrderCancelled{order, "why not"}, order.value, tick());
  }
  void apply(const std::vector<LoggedEvent>& log) { testing::apply(handler_, connection_, log); }

  /// An order of two mugs and a tea that is paid, with its list ready.
  PickListId ready_list() {
    const auto order = testing::add_order(database_, {.lines = {{mug_, 2}, {tea_, 1}}}, tick());
    const auto first = created(order, {{mug_, 2, 200}, {tea_, 1, 100}});
    const auto second = paid(order);
    apply({first, second});
    return list_of(order);
  }
  PickListId list_of(OrderId order) {
    const auto text =
        database_.sql("SELECT id FROM pick_lists WHERE order_id = " + testing::quoted(order.value));
    return PickListId{parse_hyphenated(text).value()};
  }
  std::string state_of(OrderId order) {
    return database_.sql("SELECT state FROM pick_lists WHERE order_id = " + testing::quoted(order.value));
  }
  /// Every row as text.
  std::string rows() {
    return database_.sql("SELECT string_agg(pick_lists::text, E'\\n' ORDER BY id) FROM pick_lists");
  }

  static http::Request request(PickListId list, const std::string& who = "ann") {
    http::Request request;
    request.params = {{"id", list.str()}};
    request.caller.name = who;
    request.trace = {"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"};
    return request;
  }
  /// The state after the operation, or the error's code; and who has the list.
  static std::string told(const Result<http::Reply<PickList>>& reply) {
    if (!reply) return reply.error().code;
    const auto& list = std::get<PickList>(reply->body);
    return std::string{json::name_of(list.state)} + (list.claimed_by ? " " + *list.claimed_by : "");
  }
  std::string claim(PickListId list, const std::string& who = "ann") {
    const auto asked = request(list, who);
    return told(testing::run(api_.claim(asked)));
  }
  std::string release(PickListId list, const std::string& who = "ann") {
    const auto asked = request(list, who);
    return told(testing::run(api_.release(asked)));
  }
  std::string pack(PickListId list, const std::string& who = "ann") {
    const auto asked = request(list, who);
    return told(testing::run(api_.pack(asked)));
  }
  json::List<PickList> poll(PickListQuery query) {
    const http::Request asked;
    http::Query<PickListQuery> wrapped{std::move(query)};
    auto reply = testing::run(api_.list(asked, wrapped)).value();
    return std::get<json::List<PickList>>(reply.body);
  }
  Timestamp tick() {
    clock_.advance(std::chrono::milliseconds{5});
    return clock_.now();
  }

  testing::TestDatabase database_;
  ManualClock clock_{SystemClock{}.now()};
  db::Connection connection_{database_.settings()};
  db::Pool pool_{{.connection = database_.settings(), .connections = 16}};
  events::Outbox outbox_{[] {}};
  WarehouseHandler handler_;
  WarehouseApi api_{pool_, outbox_, clock_};
  testing::EventLog log_;
  SkuId mug_ = testing::add_sku(database_, "MUG", "Mug");
  SkuId tea_ = testing::add_sku(database_, "TEA", "");
};

}  // namespace shopflow::warehouse
