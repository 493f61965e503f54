#include "inventory/events.hpp"

#include "shopflow/events/shapes.hpp"

namespace shopflow::inventory {

void tell(const StockRow& before, StockRow& after, Timestamp now, const std::string& traceparent,
          std::vector<events::NewEvent>& events) {
  const auto append = [&](const auto& event) {
    events.push_back(events::make_event(event, after.sku_id.value, ++after.event_sequence, now, traceparent));
  };
  if (stock_changes(before, after)) {
    append(events::StockChanged{after.sku_id, after.on_hand, after.available()});
  }
  if (runs_low(before, after)) {
    append(events::LowStock{after.sku_id, after.available(), after.low_stock_at});
  }
}

}  // namespace shopflow::inventory
