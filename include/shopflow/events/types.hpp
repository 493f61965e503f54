#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/ids.hpp"
#include "shopflow/core/money.hpp"

/// Everything that can happen in the shop, as data: identifiers and amounts, never personal data. This is the
/// language that the rooms share, so it stands below them all. A field may be added; a changed meaning is a
/// new version.
namespace shopflow::events {

struct Units {
  SkuId sku_id;
  std::int32_t quantity = 0;
};

struct SoldLine {
  SkuId sku_id;
  std::int32_t quantity = 0;
  std::int64_t amount = 0;  // net of tax, minor units, for all units of the line
};

struct OrderCreated {
  static constexpr std::string_view type = "OrderCreated";
  static constexpr std::string_view aggregate = "order";
  static constexpr std::int16_t version = 1;
  OrderId order_id;
  CartId cart_id;
  Money total;
  std::int64_t shipping = 0;
  std::int64_t tax = 0;
  std::vector<SoldLine> lines;
};

/// Money has come. `taken_again`: the hold had lapsed and the payment took the units once more.
struct PaymentReceived {
  static constexpr std::string_view type = "PaymentReceived";
  static constexpr std::string_view aggregate = "order";
  static constexpr std::int16_t version = 1;
  OrderId order_id;
  PaymentId payment_id;
  Money amount;
  bool taken_again = false;
};

/// Everything that the order still had to be packed is packed.
struct OrderFulfilled {
  static constexpr std::string_view type = "OrderFulfilled";
  static constexpr std::string_view aggregate = "order";
  static constexpr std::int16_t version = 1;
  OrderId order_id;
  PickListId pick_list_id;
};

/// One parcel has left; `complete` when it was the last of the order.
struct OrderShipped {
  static constexpr std::string_view type = "OrderShipped";
  static constexpr std::string_view aggregate = "order";
  static constexpr std::int16_t version = 1;
  OrderId order_id;
  ShipmentId shipment_id;
  std::string carrier;
  std::string tracking_number;
  std::optional<std::string> tracking_url;
  std::vector<Units> lines;
  bool complete = false;
};

/// The last parcel of the order has arrived.
struct OrderDelivered {
  static constexpr std::string_view type = "OrderDelivered";
  static constexpr std::string_view aggregate = "order";
  static constexpr std::int16_t version = 1;
  OrderId order_id;
  ShipmentId shipment_id;
};

struct OrderCancelled {
  static constexpr std::string_view type = "OrderCancelled";
  static constexpr std::string_view aggregate = "order";
  static constexpr std::int16_t version = 1;
  OrderId order_id;
  std::string reason;
};

struct RefundProcessed {
  static constexpr std::string_view type = "RefundProcessed";
  static constexpr std::string_view aggregate = "order";
  static constexpr std::int16_t version = 1;
  OrderId order_id;
  RefundId refund_id;
  PaymentId payment_id;
  Money amount;
  std::string reason;
  std::vector<Units> restock;  // units that came back and can be sold again
  bool surplus = false;        // it gives back money that no PaymentReceived told of
};

/// A hold has lapsed: of a cart (its units are free already), or of an order that was not paid in time, whose
/// units the inventory handler frees.
struct ReservationExpired {
  static constexpr std::string_view type = "ReservationExpired";
  static constexpr std::string_view aggregate = "reservation";
  static constexpr std::int16_t version = 1;
  CartId cart_id;
  std::optional<OrderId> order_id;
  std::vector<Units> lines;
};

/// The units of a SKU on hand have changed, or it has sold out or come back.
struct StockChanged {
  static constexpr std::string_view type = "StockChanged";
  static constexpr std::string_view aggregate = "sku";
  static constexpr std::int16_t version = 1;
  SkuId sku_id;
  std::int32_t on_hand = 0;
  std::int32_t available = 0;
};

/// The units that can be sold have fallen to the level at which the shop wants to know.
struct LowStock {
  static constexpr std::string_view type = "LowStock";
  static constexpr std::string_view aggregate = "sku";
  static constexpr std::int16_t version = 1;
  SkuId sku_id;
  std::int32_t available = 0;
  std::int32_t threshold = 0;
};

template <class... E>
struct TypeList {};

/// Every event there is, in the order of the README's table.
using AllEvents = TypeList<OrderCreated, PaymentReceived, OrderFulfilled, OrderShipped, OrderDelivered,
                           OrderCancelled, RefundProcessed, ReservationExpired, StockChanged, LowStock>;

}  // namespace shopflow::events
