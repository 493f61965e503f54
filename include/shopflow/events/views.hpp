#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "shopflow/core/json.hpp"
#include "shopflow/events/dead_letters.hpp"
#include "shopflow/events/progress.hpp"

/// How the log and its handlers are shown over the admin API.
namespace shopflow::events {

struct EventView {
  std::int64_t position = 0;
  EventId id;
  std::string type;
  std::int16_t version = 1;
  std::string aggregate;
  std::string aggregate_id;
  std::int32_t sequence = 0;
  Timestamp occurred_at;
  std::string traceparent;
  json::Raw data;
};

struct EventDetail {
  EventView event;
  std::vector<Fate> handlers;
};

struct EventQuery {
  std::optional<std::string> aggregate_id;
  std::optional<std::string> type;
  std::int32_t limit = 50;
  std::optional<std::int64_t> cursor;
};

struct HandlerList {
  std::vector<HandlerProgress> data;
};

struct DeliveryView {
  std::string handler;
  DeliveryState state = DeliveryState::dead;
  std::int32_t attempts = 0;
  std::optional<Timestamp> next_attempt_at;
  std::string last_error;
  Timestamp parked_at;
  EventView event;
};

struct DeliveryQuery {
  std::optional<std::string> handler;
  DeliveryState state = DeliveryState::dead;
  std::int32_t limit = 50;
  std::optional<std::string> cursor;
};

struct Replay {
  std::string handler;
  std::int64_t first = 0;
  std::int64_t last = 0;
};

struct Replayed {
  std::string handler;
  std::int64_t events = 0;
};

[[nodiscard]] EventView view_of(StoredEvent event);
[[nodiscard]] DeliveryView view_of(Delivery delivery);

/// The identifier of an aggregate as the API writes it (`ord_…`), by the kind of the aggregate.
[[nodiscard]] std::string aggregate_id_text(std::string_view aggregate, const Uuid& id);
/// Reads any of those back; nullopt if malformed.
[[nodiscard]] std::optional<Uuid> parse_aggregate_id(std::string_view text);

}  // namespace shopflow::events

namespace shopflow::json {

template <>
struct Shape<events::EventView> {
  using V = events::EventView;
  static constexpr std::string_view name = "Event";
  static constexpr auto fields = std::tuple{
      field("position", &V::position, "Its place in the log, counted from 1."),
      field("id", &V::id, "Its identifier."),
      field("type", &V::type, "What happened."),
      field("version", &V::version, "Of the meaning of its data."),
      field("aggregate", &V::aggregate, "The kind of thing that it happened to."),
      field("aggregate_id", &V::aggregate_id, "The thing that it happened to."),
      field("sequence", &V::sequence, "The how-manieth event of that thing, without gaps."),
      field("occurred_at", &V::occurred_at, "When it happened."),
      field("traceparent", &V::traceparent, "The trace that it belongs to (W3C Trace Context), or empty."),
      field("data", &V::data, "Identifiers and amounts, by its type.")};
};

template <>
struct Shape<events::Fate> {
  using V = events::Fate;
  static constexpr std::string_view name = "EventFate";
  static constexpr auto fields =
      std::tuple{field("handler", &V::handler, "The handler."),
                 field("state", &V::state,
                       "done: the handler has passed it; waiting: parked, to be tried; dead: given up."),
                 field("attempts", &V::attempts, "Attempts that failed."),
                 field("last_error", &V::last_error, "Why the last one failed, or empty.")};
};

template <>
struct Shape<events::EventDetail> {
  using V = events::EventDetail;
  static constexpr std::string_view name = "EventDetail";
  static constexpr auto fields =
      std::tuple{field("event", &V::event, "The event."),
                 field("handlers", &V::handlers, "What became of it at each handler.")};
};

template <>
struct Shape<events::EventQuery> {
  using V = events::EventQuery;
  static constexpr std::string_view name = "EventQuery";
  static constexpr auto fields = std::tuple{
      field("aggregate_id", &V::aggregate_id, "Only events of this order, SKU or cart.", length(1, 40)),
      field("type", &V::type, "Only events of this type. A page may then be short although more follow.",
            length(1, 60)),
      field("limit", &V::limit, "Entries of a page.", between(1, 100), or_default()),
      field("cursor", &V::cursor, "From next_cursor of the page before.", between(1, INT64_MAX))};
};

template <>
struct Shape<events::HandlerProgress> {
  using V = events::HandlerProgress;
  static constexpr std::string_view name = "EventHandler";
  static constexpr auto fields =
      std::tuple{field("handler", &V::handler, "The handler."),
                 field("position", &V::position, "The last event that it has passed."),
                 field("lag", &V::lag, "Events of the log behind that."),
                 field("oldest_at", &V::oldest_at, "When the first of these occurred."),
                 field("waiting", &V::waiting, "Parked events that will be tried."),
                 field("dead", &V::dead, "Parked events that were given up."),
                 field("parked_since", &V::parked_since, "Since when the oldest parked event is.")};
};

template <>
struct Shape<events::HandlerList> {
  using V = events::HandlerList;
  static constexpr std::string_view name = "EventHandlers";
  static constexpr auto fields = std::tuple{field("data", &V::data, "Every handler, by name.")};
};

template <>
struct Shape<events::DeliveryView> {
  using V = events::DeliveryView;
  static constexpr std::string_view name = "DeadLetter";
  static constexpr auto fields =
      std::tuple{field("handler", &V::handler, "The handler that could not take it."),
                 field("state", &V::state, "dead, or waiting for its next attempt or for what is before it."),
                 field("attempts", &V::attempts, "Attempts that failed."),
                 field("next_attempt_at", &V::next_attempt_at, "Not tried before this; absent when dead."),
                 field("last_error", &V::last_error, "Why the last attempt failed, or empty."),
                 field("parked_at", &V::parked_at, "Since when it is parked."),
                 field("event", &V::event, "The event.")};
};

template <>
struct Shape<events::DeliveryQuery> {
  using V = events::DeliveryQuery;
  static constexpr std::string_view name = "DeadLetterQuery";
  static constexpr auto fields =
      std::tuple{field("handler", &V::handler, "Only those of this handler.", length(1, 60)),
                 field("state", &V::state, "dead (the default) or waiting.", or_default()),
                 field("limit", &V::limit, "Entries of a page.", between(1, 100), or_default()),
                 field("cursor", &V::cursor, "From next_cursor of the page before.", length(1, 100))};
};

template <>
struct Shape<events::Replay> {
  using V = events::Replay;
  static constexpr std::string_view name = "Replay";
  static constexpr auto fields =
      std::tuple{field("handler", &V::handler, "The handler that gets the events again.", length(1, 60)),
                 field("first", &V::first, "Position of the first event.", between(1, INT64_MAX)),
                 field("last", &V::last, "Position of the last event.", between(1, INT64_MAX))};
};

template <>
struct Shape<events::Replayed> {
  using V = events::Replayed;
  static constexpr std::string_view name = "Replayed";
  static constexpr auto fields = std::tuple{
      field("handler", &V::handler, "The handler."),
      field("events", &V::events, "How many events it gets again; what it has not passed yet comes anyway.")};
};

}  // namespace shopflow::json
