#include "inventory/events.hpp"

#include "shopflow/events/shapes.hpp"

namespace shopflow::inventory {

void tell(const StockRow& before, StockRow& after, Timestamp now, const std::string& traceparent,
          std::vector<events::NewEvent>& events) {
  const auto append = [&](const auto& event) {
    events.push_back(events::make_event(event, after.sku_id.value, ++after.event_sequence, now, traceparent));
  };
  const bool sold_out_or_back = (before.available() == 0) != (after.available() == 0);
  if (before.on_hand != after.on_hand || sold_out_or_back) {
    append(events::StockChanged{after.sku_id, after.on_hand, after.available()});
  }
  if (before.available() > after.low_stock_at && after.available() <= after.low_stock_at) {
    append(events::LowStock{after.sku_id, after.available(), after.low_stock_at});
  }
}

}  // namespace shopflow::inventory
