#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "shopflow/events/views.hpp"
#include "shopflow/http/reply.hpp"

namespace shopflow::db {
class Pool;
}

namespace shopflow::events {

class Doorbell;

/// What admins see of the log and its handlers, and what they do about events that are dead.
class EventsApi {
 public:
  /// Everything must outlive the API. `doorbell` is that of the relay.
  EventsApi(db::Pool& pool, const Clock& clock, Doorbell& doorbell, HandlerMemory memory = {})
      : pool_{pool}, clock_{clock}, doorbell_{doorbell}, memory_{std::move(memory)} {}

  template <class T>
  using Answer = boost::asio::awaitable<Result<http::Reply<T>>>;

  /// Newest first. Fails with invalid_id, invalid_cursor.
  Answer<json::List<EventView>> list(const http::Request& request, http::Query<EventQuery> query);
  /// One event and what became of it at each handler. Fails with event_not_found.
  Answer<EventDetail> get(const http::Request& request);
  Answer<HandlerList> handlers(const http::Request& request);

  /// What is parked, oldest first. Fails with invalid_cursor.
  Answer<json::List<DeliveryView>> dead_letters(const http::Request& request,
                                                http::Query<DeliveryQuery> query);
  Answer<DeliveryView> dead_letter(const http::Request& request);
  /// Fails with handler_not_found, delivery_not_found.
  Answer<http::NoContent> retry(const http::Request& request);
  /// Fails with handler_not_found, delivery_not_found.
  Answer<http::NoContent> drop(const http::Request& request);
  /// Fails with handler_not_found, replay_range, replay_too_old.
  Answer<Replayed> replay(const http::Request& request, Replay body);

 private:
  db::Pool& pool_;
  const Clock& clock_;
  Doorbell& doorbell_;
  HandlerMemory memory_;
};

}  // namespace shopflow::events
