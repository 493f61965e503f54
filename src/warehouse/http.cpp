#include <charconv>

#include "shopflow/db/outcome.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/events/outbox.hpp"
#include "shopflow/orders/fulfilment.hpp"
#include "shopflow/warehouse/warehouse_api.hpp"
#include "warehouse/repository.hpp"

namespace shopflow::warehouse {
namespace {

namespace asio = boost::asio;
using Outcome = Result<PickList>;

/// Where a page ended: at a number among ready lists, at a list among others.
struct Cursor {
  std::int64_t number = 0;
  PickListId id;
};

Result<Cursor> read_cursor(const PickListQuery& query) {
  Cursor cursor;
  if (!query.cursor) return cursor;
  const auto& text = *query.cursor;
  if (query.state != PickListState::ready) {
    const auto id = PickListId::parse(text);
    if (!id) return fail(shopflow::errors::invalid_cursor);
    cursor.id = *id;
    return cursor;
  }
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, cursor.number);
  if (error != std::errc{} || stopped != end || cursor.number < 0)
    return fail(shopflow::errors::invalid_cursor);
  return cursor;
}

Outcome found_or_fail(std::optional<PickList> list, PickListId id) {
  if (!list) return fail(errors::pick_list_not_found, id.str());
  return std::move(*list);
}

Outcome move(db::Transaction& tx, const PickList& list, PickListTrigger trigger,
             const std::optional<std::string>& claimed_by, Timestamp now) {
  const auto to = step(list.state, trigger);
  if (!to) return std::unexpected{to.error()};
  if (!move_pick_list(tx, list.id, list.state, *to, claimed_by, now)) {
    throw std::logic_error{"a pick list moved in spite of its lock"};
  }
  return found_or_fail(find_pick_list(tx, list.id), list.id);
}

std::unexpected<Error> claimed_by_other(const PickList& list) {
  return fail(errors::claimed_by_other, "It is picked by " + list.claimed_by.value_or("somebody") + ".");
}

bool is_packed(const PickList& list) {
  return list.state == PickListState::packed || list.state == PickListState::handed_over;
}

Outcome claim_in(db::Transaction& tx, PickListId id, const std::string& who, Timestamp now) {
  auto list = found_or_fail(lock_pick_list(tx, id), id);
  if (!list) return list;
  if (list->state == PickListState::picking) {
    if (list->claimed_by != who) return claimed_by_other(*list);
    return list;
  }
  return move(tx, *list, PickListTrigger::claimed, who, now);
}

/// Anybody may give a list back, so that it does not wait for somebody who has gone home.
Outcome release_in(db::Transaction& tx, PickListId id, Timestamp now) {
  for (;;) {
    // Not locked, since the counter of the ready lists is locked before any list; again if somebody was
    // faster.
    auto list = found_or_fail(find_pick_list(tx, id), id);
    if (!list || list->state == PickListState::ready) return list;
    const auto to = step(list->state, PickListTrigger::released);
    if (!to) return std::unexpected{to.error()};
    if (move_pick_list(tx, id, list->state, *to, std::nullopt, now))
      return found_or_fail(find_pick_list(tx, id), id);
  }
}

Outcome pack_in(db::Transaction& tx, PickListId id, const std::string& who, const events::Outbox& outbox,
                const orders::Told& told) {
  auto seen = found_or_fail(find_pick_list(tx, id), id);
  if (!seen || is_packed(*seen)) return seen;
  // The order is locked before its list, here as in everything that touches both.
  auto found = orders::load_orders(tx, {seen->order_id});
  auto list = found_or_fail(lock_pick_list(tx, id), id);
  if (!list || is_packed(*list)) return list;
  if (list->state == PickListState::picking && list->claimed_by != who) return claimed_by_other(*list);
  auto packed = move(tx, *list, PickListTrigger::packed, list->claimed_by, told.now);
  if (!packed) return packed;
  if (found.empty()) throw std::logic_error{"a pick list has no order"};
  auto event = orders::fulfil(found.front(), id, told);
  if (!event) return std::unexpected{event.error()};
  orders::save_orders(tx, {&found.front()}, told.now);
  outbox.append(tx, {std::move(*event)});
  return packed;
}

std::vector<PickList> read_page(db::Transaction& tx, PickListState state, const Cursor& after,
                                std::int32_t count_max) {
  if (state == PickListState::ready) return list_ready(tx, after.number, count_max);
  return list_pick_lists(tx, state, after.id, count_max);
}

/// Where the next page begins. A poll that finds nothing goes on from where it was.
std::optional<std::string> cursor_behind(const std::vector<PickList>& lists, const PickListQuery& query) {
  if (lists.empty()) return query.cursor;
  const auto& last = lists.back();
  return last.state == PickListState::ready ? std::to_string(last.ready_number.value()) : last.id.str();
}

template <class Work>
asio::awaitable<Result<http::Reply<PickList>>> change(db::Pool& pool, Work work) {
  auto list = co_await db::transact_result(pool, work);
  if (!list) co_return std::unexpected{std::move(list).error()};
  co_return http::Reply<PickList>{std::move(*list)};
}

}  // namespace

asio::awaitable<Result<http::Reply<json::List<PickList>>>> WarehouseApi::list(
    const http::Request&, http::Query<PickListQuery> query) {
  const auto after = read_cursor(query.value);
  if (!after) co_return std::unexpected{after.error()};
  const auto work = [&](db::Transaction& tx) {
    return read_page(tx, query->state, *after, query->limit + 1);
  };
  auto lists = co_await pool_.read(work);
  json::List<PickList> page;
  page.has_more = lists.size() > static_cast<std::size_t>(query->limit);
  if (page.has_more) lists.pop_back();
  page.next_cursor = cursor_behind(lists, query.value);
  page.data = std::move(lists);
  co_return page;
}

asio::awaitable<Result<http::Reply<PickList>>> WarehouseApi::get(const http::Request& request) {
  const auto id = request.id<PickListId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const auto work = [&](db::Transaction& tx) { return found_or_fail(find_pick_list(tx, *id), *id); };
  auto list = co_await pool_.read(work);
  if (!list) co_return std::unexpected{list.error()};
  co_return std::move(*list);
}

asio::awaitable<Result<http::Reply<PickList>>> WarehouseApi::claim(const http::Request& request) {
  const auto id = request.id<PickListId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const auto work = [id = *id, who = request.caller.name, now = clock_.now()](db::Transaction& tx) {
    return claim_in(tx, id, who, now);
  };
  co_return co_await change(pool_, work);
}

asio::awaitable<Result<http::Reply<PickList>>> WarehouseApi::release(const http::Request& request) {
  const auto id = request.id<PickListId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const auto work = [id = *id, now = clock_.now()](db::Transaction& tx) { return release_in(tx, id, now); };
  co_return co_await change(pool_, work);
}

asio::awaitable<Result<http::Reply<PickList>>> WarehouseApi::pack(const http::Request& request) {
  const auto id = request.id<PickListId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const orders::Told told{clock_.now(), request.trace.traceparent()};
  const auto work = [id = *id, &who = request.caller.name, told, this](db::Transaction& tx) {
    return pack_in(tx, id, who, outbox_, told);
  };
  co_return co_await change(pool_, work);
}

}  // namespace shopflow::warehouse
