#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shopflow/core/ids.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::events {

/// What stands around every event. `sequence` counts 1, 2, 3… per aggregate without gaps; `position` is the
/// event's place in the log and is given when it is appended.
struct Envelope {
  std::int64_t position = 0;
  EventId id;
  std::string type;
  std::int16_t version = 1;
  std::string aggregate;
  Uuid aggregate_id;
  std::int32_t sequence = 0;
  Timestamp occurred_at;
  std::string traceparent;
};

/// An event on its way into the log: its envelope and its data as JSON.
struct NewEvent {
  EventId id;
  std::string_view type;
  std::int16_t version;
  std::string_view aggregate;
  Uuid aggregate_id;
  std::int32_t sequence;
  Timestamp occurred_at;
  std::string traceparent;
  std::string data;
};

/// Makes an event of one of the structs in types.hpp. The caller counts the aggregate's sequence in the row
/// that it holds locked.
template <class Event>
[[nodiscard]] NewEvent make_event(const Event& event, const Uuid& aggregate_id, std::int32_t sequence,
                                  Timestamp now, std::string traceparent) {
  return {EventId::make(now), Event::type, Event::version,         Event::aggregate,    aggregate_id,
          sequence,           now,         std::move(traceparent), json::to_json(event)};
}

}  // namespace shopflow::events
