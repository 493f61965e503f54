#include <unordered_set>

#include "orders/decide.hpp"
#include "orders/memory.hpp"
#include "orders/order_repository.hpp"
#include "orders/refund_repository.hpp"
#include "orders/work.hpp"
#include "shopflow/carts/reservations.hpp"
#include "shopflow/core/distinct.hpp"
#include "shopflow/inventory/order_units.hpp"
#include "shopflow/inventory/stock_store.hpp"

namespace shopflow::orders {
namespace {

/// What the batch speaks of.
struct Wanted {
  explicit Wanted(OrderBatch batch) {
    for (const auto* command : batch) {
      if (const auto* checkout = std::get_if<Checkout>(&command->action)) {
        carts.push_back(checkout->request.cart_id);
        checkouts.push_back(checkout->request.cart_id);
        continue;
      }
      orders.push_back(order_of(command->action));
      if (std::holds_alternative<MarkPaid>(command->action)) continue;
      if (const auto* record = std::get_if<RecordPayment>(&command->action)) {
        const auto& notice = record->notice;
        if (notice.notice_id) notices.emplace_back(notice.provider, *notice.notice_id);
      } else {
        needs_refunds.push_back(orders.back());
      }
    }
    keep_distinct(orders);
    keep_distinct(needs_refunds);
  }
  std::vector<CartId> carts;
  std::vector<CartId> checkouts;
  std::vector<OrderId> orders;
  std::vector<OrderId> needs_refunds;
  std::vector<NoticeKey> notices;
};

/// Orders whose units may have to be taken again by a command of this batch.
std::vector<const Order*> may_take_again(OrderBatch batch, Desk& desk) {
  std::unordered_set<OrderId> lapsing;
  std::vector<const Order*> orders;
  for (const auto* command : batch) {
    const auto* record = std::get_if<RecordPayment>(&command->action);
    const auto id = order_of(command->action);
    if (std::holds_alternative<LapseHold>(command->action)) lapsing.insert(id);
    const bool pays =
        std::holds_alternative<NewAttempt>(command->action) ||
        std::holds_alternative<MarkPaid>(command->action) ||
        (record != nullptr && record->notice.snapshot.state == payments::PaymentState::succeeded);
    if (!pays) continue;
    const auto* order = desk.order(id);
    if (order == nullptr || order->value.state != OrderState::pending_payment) continue;
    const auto* cart = desk.cart(order->value.cart_id);
    if (cart == nullptr || !is_held(*cart) || lapsing.contains(id)) orders.push_back(&order->value);
  }
  return orders;
}

void load_stock(db::Transaction& tx, const inventory::StockStore& store, const Wanted& wanted,
                OrderBatch batch, Desk& desk) {
  std::vector<SkuId> skus;
  for (const auto& id : wanted.checkouts) {
    const auto* cart = desk.cart(id);
    if (cart == nullptr || cart->stage != carts::Stage::cart) continue;
    for (const auto& sku : carts::lapsed_skus(*cart)) skus.push_back(sku);
  }
  std::vector<OrderId> again;
  for (const auto* order : may_take_again(batch, desk)) {
    again.push_back(order->id);
    for (const auto& line : order->lines) skus.push_back(line.sku_id);
  }
  keep_distinct(skus);
  if (!skus.empty()) desk.stock = store.load(tx, std::move(skus));
  if (!again.empty()) desk.freed = inventory::find_freed_orders(tx, again);
}

void load_skus(db::Transaction& tx, const Wanted& wanted, Desk& desk) {
  std::vector<SkuId> skus;
  for (const auto& id : wanted.checkouts) {
    const auto* cart = desk.cart(id);
    if (cart == nullptr || cart->stage != carts::Stage::cart) continue;
    for (const auto& line : cart->lines) skus.push_back(line.sku_id);
  }
  keep_distinct(skus);
  desk.skus = catalog::find_skus(tx, skus);
}

}  // namespace

void OrderWork::load(db::Transaction& tx, OrderBatch batch, Desk& desk) const {
  Wanted wanted{batch};
  for (const auto& cart : carts_of(tx, wanted.orders)) wanted.carts.push_back(cart);
  keep_distinct(wanted.carts);
  desk.carts = carts::load_carts(tx, wanted.carts);
  for (const auto& id : wanted.carts) {
    if (desk.cart(id) == nullptr) memory_.carts.forget(id);
  }
  for (auto& order : load_orders(tx, wanted.orders)) {
    const auto id = order.id;
    desk.orders.emplace(id, Entry<Order>{std::move(order), false, false});
  }
  for (const auto& id : wanted.orders) {
    if (desk.order(id) == nullptr) memory_.forget(id);
  }
  for (auto& payment : load_payments(tx, wanted.orders)) {
    const auto id = payment.order_id;
    desk.payments[id].push_back({std::move(payment), false, false});
  }
  for (auto& refund : load_refunds(tx, wanted.needs_refunds)) {
    const auto id = refund.order_id;
    desk.refunds[id].push_back({std::move(refund), false, false});
  }
  for (auto& key : find_notices(tx, wanted.notices)) desk.notices.insert(std::move(key));
  load_skus(tx, wanted, desk);
  load_stock(tx, stock_, wanted, batch, desk);
}

}  // namespace shopflow::orders
