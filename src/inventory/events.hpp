#pragma once

#include <string>
#include <vector>

#include "shopflow/core/time.hpp"
#include "shopflow/events/envelope.hpp"
#include "shopflow/inventory/stock_book.hpp"

namespace shopflow::inventory {

/// Appends what the change of one SKU's counters has to tell, and counts `after.event_sequence` on:
/// StockChanged when units came into the house or left it, or the SKU sold out or came back; LowStock when
/// the units that can be sold fell to its level.
void tell(const StockRow& before, StockRow& after, Timestamp now, const std::string& traceparent,
          std::vector<events::NewEvent>& events);

}  // namespace shopflow::inventory
