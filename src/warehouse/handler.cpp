#include <unordered_map>

#include "shopflow/db/transaction.hpp"
#include "shopflow/warehouse/warehouse_handler.hpp"
#include "warehouse/repository.hpp"

namespace shopflow::warehouse {

void WarehouseHandler::Batch::on(const events::Envelope& envelope, const events::OrderCreated& event) {
  created_.push_back({event.order_id, event.lines, envelope.occurred_at});
}

void WarehouseHandler::Batch::on(const events::Envelope& envelope, const events::PaymentReceived& event) {
  paid_.push_back({event.order_id, envelope.occurred_at});
}

void WarehouseHandler::Batch::on(const events::Envelope& envelope, const events::OrderFulfilled& event) {
  fulfilled_.push_back({event.order_id, envelope.occurred_at});
}

void WarehouseHandler::Batch::on(const events::Envelope& envelope, const events::OrderCancelled& event) {
  cancelled_.push_back({event.order_id, envelope.occurred_at});
}

void WarehouseHandler::Batch::apply(db::Transaction& tx) {
  std::unordered_map<OrderId, NewPickList> fresh;
  for (const auto& created : created_) {
    NewPickList list{created.order_id, {}, {}, created.at, {}};
    for (const auto& line : created.lines) {
      list.skus.push_back(line.sku_id);
      list.quantities.push_back(line.quantity);
    }
    fresh.try_emplace(created.order_id, std::move(list));
  }
  // A list whose order has been paid by now is written once, as ready.
  std::vector<NewPickList> ready;
  std::vector<Moved> opened;
  for (const auto& paid : paid_) {
    auto list = fresh.extract(paid.order_id);
    if (list.empty()) {
      opened.push_back(paid);
    } else {
      list.mapped().paid_at = paid.at;
      ready.push_back(std::move(list.mapped()));
    }
  }
  std::vector<NewPickList> waiting;
  for (const auto& created : created_) {
    if (auto list = fresh.extract(created.order_id); !list.empty())
      waiting.push_back(std::move(list.mapped()));
  }
  if (!insert_ready_lists(tx, ready)) opened = paid_;
  insert_pick_lists(tx, waiting);
  move_by_order(tx, opened, PickListTrigger::order_paid);
  move_by_order(tx, fulfilled_, PickListTrigger::order_fulfilled);
  move_by_order(tx, cancelled_, PickListTrigger::order_cancelled);
}

}  // namespace shopflow::warehouse
