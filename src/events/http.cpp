#include <charconv>
#include <utility>

#include "shopflow/db/outcome.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/doorbell.hpp"
#include "shopflow/events/events_api.hpp"

namespace shopflow::events {
namespace {

namespace asio = boost::asio;

std::optional<std::int64_t> read_position(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1) return std::nullopt;
  return value;
}

Result<std::int64_t> position_in(const http::Request& request) {
  const auto* text = request.param("position");
  const auto position = text == nullptr ? std::nullopt : read_position(*text);
  if (!position) return fail(shopflow::errors::invalid_id, "The position of an event is a number from 1.");
  return *position;
}

std::string handler_in(const http::Request& request) {
  const auto* text = request.param("handler");
  return text == nullptr ? std::string{} : *text;
}

/// A cursor of dead letters is `position.handler`, the last entry of the page before.
Result<DeliveryFilter> filter_of(const DeliveryQuery& query) {
  DeliveryFilter filter;
  filter.handler = query.handler;
  filter.state = query.state;
  if (!query.cursor) return filter;
  const std::string_view text{*query.cursor};
  const auto dot = text.find('.');
  const auto position = read_position(text.substr(0, dot));
  if (dot == std::string_view::npos || !position) return fail(shopflow::errors::invalid_cursor);
  filter.after = {*position, std::string{text.substr(dot + 1)}};
  return filter;
}

/// Where the next page begins. A filter by type alone looks at a stretch of the log at a time, so an empty
/// page is the last only at the beginning of the log.
std::optional<std::int64_t> next_page(const EventFilter& filter, const json::List<EventView>& page, bool full,
                                      std::int64_t head) {
  if (full) return page.data.back().position;
  if (!filter.type || filter.aggregate_id) return std::nullopt;
  const auto from = filter.before.value_or(head + 1) - kTypeWindow;
  return from > 1 ? std::optional{from} : std::nullopt;
}

json::List<EventView> list_page(db::Transaction& tx, const EventFilter& filter, std::size_t limit) {
  const auto head = read_head(tx);
  auto events = list_events(tx, filter, limit + 1);
  const bool full = events.size() > limit;
  if (full) events.pop_back();
  json::List<EventView> page;
  for (auto& event : events) page.data.push_back(view_of(std::move(event)));
  const auto next = next_page(filter, page, full, head);
  page.has_more = next.has_value();
  if (next) page.next_cursor = std::to_string(*next);
  return page;
}

template <class Change>
asio::awaitable<Result<http::Reply<http::NoContent>>> change_delivery(db::Pool& pool, Doorbell& doorbell,
                                                                      const http::Request& request,
                                                                      Change change) {
  const auto position = position_in(request);
  if (!position) co_return std::unexpected{position.error()};
  const auto work = [change, handler = handler_in(request), at = *position](db::Transaction& tx) {
    return change(tx, handler, at);
  };
  auto done = co_await db::transact_result(pool, work);
  if (!done) co_return std::unexpected{std::move(done).error()};
  doorbell.ring();
  co_return http::NoContent{};
}

}  // namespace

EventsApi::Answer<json::List<EventView>> EventsApi::list(const http::Request&,
                                                         http::Query<EventQuery> query) {
  EventFilter filter;
  if (query->aggregate_id) {
    filter.aggregate_id = parse_aggregate_id(*query->aggregate_id);
    if (!filter.aggregate_id) co_return fail(shopflow::errors::invalid_id, *query->aggregate_id);
  }
  filter.type = query->type;
  filter.before = query->cursor;
  const auto work = [filter, limit = static_cast<std::size_t>(query->limit)](db::Transaction& tx) {
    return list_page(tx, filter, limit);
  };
  auto page = co_await pool_.read(work);
  co_return page;
}

EventsApi::Answer<EventDetail> EventsApi::get(const http::Request& request) {
  const auto position = position_in(request);
  if (!position) co_return std::unexpected{position.error()};
  const auto work = [at = *position](db::Transaction& tx) -> Result<EventDetail> {
    auto event = find_event(tx, at);
    if (!event) return fail(errors::event_not_found);
    return EventDetail{view_of(std::move(*event)), read_fates(tx, at)};
  };
  auto detail = co_await pool_.read(work);
  if (!detail) co_return std::unexpected{std::move(detail).error()};
  co_return std::move(*detail);
}

EventsApi::Answer<HandlerList> EventsApi::handlers(const http::Request&) {
  const auto work = [](db::Transaction& tx) { return read_progress(tx); };
  HandlerList list;
  list.data = co_await pool_.read(work);
  co_return list;
}

EventsApi::Answer<json::List<DeliveryView>> EventsApi::dead_letters(const http::Request&,
                                                                    http::Query<DeliveryQuery> query) {
  const auto filter = filter_of(query.value);
  if (!filter) co_return std::unexpected{filter.error()};
  const auto limit = static_cast<std::size_t>(query->limit);
  const auto work = [&filter, limit](db::Transaction& tx) { return list_deliveries(tx, *filter, limit + 1); };
  auto deliveries = co_await pool_.read(work);
  json::List<DeliveryView> page;
  page.has_more = deliveries.size() > limit;
  if (page.has_more) deliveries.pop_back();
  for (auto& delivery : deliveries) page.data.push_back(view_of(std::move(delivery)));
  if (page.has_more)
    page.next_cursor = std::to_string(page.data.back().event.position) + "." + page.data.back().handler;
  co_return page;
}

EventsApi::Answer<DeliveryView> EventsApi::dead_letter(const http::Request& request) {
  const auto position = position_in(request);
  if (!position) co_return std::unexpected{position.error()};
  const auto work = [handler = handler_in(request), at = *position](db::Transaction& tx) {
    return find_delivery(tx, handler, at);
  };
  auto delivery = co_await pool_.read(work);
  if (!delivery) co_return fail(errors::delivery_not_found);
  co_return view_of(std::move(*delivery));
}

EventsApi::Answer<http::NoContent> EventsApi::retry(const http::Request& request) {
  const auto change = [now = clock_.now()](db::Transaction& tx, const std::string& handler, std::int64_t at) {
    return retry_delivery(tx, handler, at, now);
  };
  co_return co_await change_delivery(pool_, doorbell_, request, change);
}

EventsApi::Answer<http::NoContent> EventsApi::drop(const http::Request& request) {
  const auto change = [](db::Transaction& tx, const std::string& handler, std::int64_t at) {
    return drop_delivery(tx, handler, at);
  };
  co_return co_await change_delivery(pool_, doorbell_, request, change);
}

EventsApi::Answer<Replayed> EventsApi::replay(const http::Request&, Replay body) {
  const auto work = [this, &body, now = clock_.now()](db::Transaction& tx) {
    return replay_events(tx, body.handler, body.first, body.last, now, memory_);
  };
  auto count = co_await db::transact_result(pool_, work);
  if (!count) co_return std::unexpected{std::move(count).error()};
  doorbell_.ring();
  Replayed replayed;
  replayed.handler = std::move(body.handler);
  replayed.events = *count;
  co_return replayed;
}

}  // namespace shopflow::events
