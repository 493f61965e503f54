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
  std::vector<NewPickList> lists;
  for (const auto& created : created_) {
    NewPickList list{PickListId::make(created.at), created.order_id, {}, {}, created.at};
    for (const auto& line : created.lines) {
      list.skus.push_back(line.sku_id);
      list.quantities.push_back(line.quantity);
    }
    lists.push_back(std::move(list));
  }
  insert_pick_lists(tx, lists);
  move_by_order(tx, paid_, PickListTrigger::order_paid);
  move_by_order(tx, fulfilled_, PickListTrigger::order_fulfilled);
  move_by_order(tx, cancelled_, PickListTrigger::order_cancelled);
}

}  // namespace shopflow::warehouse
