#pragma once

#include "shopflow/db/transaction.hpp"
#include "shopflow/events/log.hpp"

namespace shopflow::events {

/// Reads the ten columns of an event, in the order of StoredEvent's members.
[[nodiscard]] StoredEvent read_event(db::Row& row);

}  // namespace shopflow::events
