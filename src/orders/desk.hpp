#pragma once

#include <list>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "orders/commands.hpp"
#include "orders/payment_repository.hpp"
#include "shopflow/access/secrets.hpp"
#include "shopflow/carts/types.hpp"
#include "shopflow/catalog/catalog.hpp"
#include "shopflow/events/envelope.hpp"
#include "shopflow/inventory/stock_book.hpp"

namespace shopflow::orders {

/// One row in memory: `fresh` rows are to be inserted, `changed` ones to be written.
template <class T>
struct Entry {
  T value;
  bool fresh = false;
  bool changed = false;
};

/// Everything that the commands of one batch are decided over, loaded and locked before, changed in memory
/// command after command, written afterwards. Pure: no I/O. Entries keep their place when others are added.
class Desk {
 public:
  std::vector<carts::CartState> carts;  // in order of their ids
  catalog::SkuHandles skus;
  std::unordered_map<OrderId, Entry<Order>> orders;
  std::unordered_map<OrderId, std::list<Entry<Payment>>> payments;
  std::unordered_map<OrderId, std::list<Entry<Refund>>> refunds;
  std::set<NoticeKey> notices;         // that have been acted on before
  std::vector<NoticeKey> new_notices;  // that are acted on now
  inventory::StockBook stock{{}};
  std::unordered_set<OrderId> freed;  // of those that may take units again: their own are on the shelf
  std::vector<events::NewEvent> events;

  [[nodiscard]] carts::CartState* cart(const CartId& id);
  [[nodiscard]] Entry<Order>* order(const OrderId& id);
  /// nullptr if the order has no such payment.
  [[nodiscard]] Entry<Payment>* payment(const OrderId& order, const PaymentId& id);
  [[nodiscard]] Entry<Refund>* refund(const OrderId& order, const RefundId& id);

  /// Minor units of the payment that have gone back or are on their way.
  [[nodiscard]] std::int64_t given_back(const Payment& payment);
};

/// By what the commands are decided, besides the desk; the same for every batch.
struct Terms {
  const Pricing& pricing;
  const payments::Providers& providers;
  const access::Secrets& secrets;
  const OrderSettings& settings;
};

/// What a command was about, for the answer.
struct Decided {
  OrderId order_id;
  std::optional<PaymentId> payment_id;
  std::optional<RefundId> refund_id;
};

}  // namespace shopflow::orders
