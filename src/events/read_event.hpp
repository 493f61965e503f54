#pragma once

#include "shopflow/db/transaction.hpp"
#include "shopflow/events/log.hpp"

namespace shopflow::events {

/// What read_event reads, of `events AS e`.
#define SHOPFLOW_EVENT_COLUMNS                                                                    \
  "e.position, e.id, e.type, e.version, e.aggregate, e.aggregate_id, e.sequence, e.occurred_at, " \
  "e.traceparent, e.data "

/// Reads an event, from the row's next column on.
[[nodiscard]] StoredEvent read_event(db::Row& row);

}  // namespace shopflow::events
