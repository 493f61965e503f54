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

Result<std::int64_t> read_cursor(const std::optional<std::string>& text) {
  if (!text) return 0;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size() || value < 0)
    return fail(shopflow::errors::invalid_cursor);
  return value;
}

Outcome find_or_fail(db::Transaction& tx, PickListId id) {
  auto list = find_pick_list(tx, id);
  if (!list) return fail(errors::pick_list_not_found, id.str());
  return std::move(*list);
}

/// Moves the list by the machine; a race that was lost is the conflict that it would have been a moment
/// later.
Outcome move(db::Transaction& tx, const PickList& list, PickListTrigger trigger,
             std::optional<std::string> claimed_by, Timestamp now) {
  const auto to = step(list.state, trigger);
  if (!to) return std::unexpected{to.error()};
  if (!move_pick_list(tx, list.id, list.state, *to, claimed_by, now)) {
    return fail(errors::illegal_transition, "The pick list has just been changed by somebody else.");
  }
  return find_or_fail(tx, list.id);
}

Outcome claim_in(db::Transaction& tx, PickListId id, const std::string& who, Timestamp now) {
  const auto list = find_or_fail(tx, id);
  if (!list) return list;
  if (list->state == PickListState::picking) {
    if (list->claimed_by == who) return list;
    return fail(errors::claimed_by_other, "It is picked by " + list->claimed_by.value_or("somebody") + ".");
  }
  return move(tx, *list, PickListTrigger::claimed, who, now);
}

Outcome pack_in(db::Transaction& tx, PickListId id, const events::Outbox& outbox, const orders::Told& told) {
  const auto seen = find_or_fail(tx, id);
  if (!seen) return seen;
  if (seen->state == PickListState::packed || seen->state == PickListState::handed_over) return seen;
  // The order is locked before its list, here as in everything that touches both.
  auto found = orders::load_orders(tx, {seen->order_id});
  const auto list = find_or_fail(tx, id);
  if (!list) return list;
  auto packed = move(tx, *list, PickListTrigger::packed, list->claimed_by, told.now);
  if (!packed) return packed;
  if (found.empty()) throw std::logic_error{"a pick list has no order"};
  auto event = orders::fulfil(found.front(), id, told);
  if (!event) return std::unexpected{event.error()};
  orders::save_orders(tx, {&found.front()}, told.now);
  outbox.append(tx, {std::move(*event)});
  return packed;
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
  const auto after = read_cursor(query->cursor);
  if (!after) co_return std::unexpected{after.error()};
  const auto work = [&](db::Transaction& tx) {
    return list_pick_lists(tx, query->state, *after, query->limit + 1);
  };
  auto lists = co_await pool_.read(work);
  json::List<PickList> page;
  page.has_more = lists.size() > static_cast<std::size_t>(query->limit);
  if (page.has_more) lists.pop_back();
  if (!lists.empty() && lists.back().ready_number)
    page.next_cursor = std::to_string(*lists.back().ready_number);
  page.data = std::move(lists);
  co_return page;
}

asio::awaitable<Result<http::Reply<PickList>>> WarehouseApi::get(const http::Request& request) {
  const auto id = request.id<PickListId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const auto work = [&](db::Transaction& tx) { return find_or_fail(tx, *id); };
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
  const auto work = [id = *id, now = clock_.now()](db::Transaction& tx) -> Outcome {
    const auto list = find_or_fail(tx, id);
    if (!list || list->state == PickListState::ready) return list;
    return move(tx, *list, PickListTrigger::released, std::nullopt, now);
  };
  co_return co_await change(pool_, work);
}

asio::awaitable<Result<http::Reply<PickList>>> WarehouseApi::pack(const http::Request& request) {
  const auto id = request.id<PickListId>("id");
  if (!id) co_return std::unexpected{id.error()};
  const orders::Told told{clock_.now(), request.trace.traceparent()};
  const auto work = [id = *id, told, this](db::Transaction& tx) { return pack_in(tx, id, outbox_, told); };
  co_return co_await change(pool_, work);
}

}  // namespace shopflow::warehouse
