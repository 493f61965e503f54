#pragma once

#include <string_view>
#include <tuple>

#include "shopflow/core/json.hpp"
#include "shopflow/events/types.hpp"

/// How the events of types.hpp are written into the log and read from it.
namespace shopflow::json {

template <>
struct Shape<events::Units> {
  static constexpr std::string_view name = "Units";
  static constexpr auto fields = std::tuple{field("sku_id", &events::Units::sku_id, "The SKU."),
                                            field("quantity", &events::Units::quantity, "Units of it.")};
};

template <>
struct Shape<events::SoldLine> {
  static constexpr std::string_view name = "SoldLine";
  static constexpr auto fields =
      std::tuple{field("sku_id", &events::SoldLine::sku_id, "The SKU."),
                 field("quantity", &events::SoldLine::quantity, "Units of it."),
                 field("amount", &events::SoldLine::amount, "Minor units for the whole line, without tax.")};
};

template <>
struct Shape<events::OrderCreated> {
  static constexpr std::string_view name = "OrderCreated";
  static constexpr auto fields =
      std::tuple{field("order_id", &events::OrderCreated::order_id, "The order."),
                 field("cart_id", &events::OrderCreated::cart_id, "The cart that it was."),
                 field("total", &events::OrderCreated::total, "What is to be paid."),
                 field("shipping", &events::OrderCreated::shipping, "Minor units of shipping in it."),
                 field("tax", &events::OrderCreated::tax, "Minor units of tax in it."),
                 field("lines", &events::OrderCreated::lines, "What was ordered.")};
};

template <>
struct Shape<events::PaymentReceived> {
  static constexpr std::string_view name = "PaymentReceived";
  static constexpr auto fields = std::tuple{
      field("order_id", &events::PaymentReceived::order_id, "The order."),
      field("payment_id", &events::PaymentReceived::payment_id, "The payment."),
      field("amount", &events::PaymentReceived::amount, "What came."),
      field("taken_again", &events::PaymentReceived::taken_again, "The lapsed hold was taken once more.")};
};

template <>
struct Shape<events::OrderFulfilled> {
  static constexpr std::string_view name = "OrderFulfilled";
  static constexpr auto fields = std::tuple{
      field("order_id", &events::OrderFulfilled::order_id, "The order."),
      field("pick_list_id", &events::OrderFulfilled::pick_list_id, "The pick list that was packed.")};
};

template <>
struct Shape<events::OrderShipped> {
  static constexpr std::string_view name = "OrderShipped";
  static constexpr auto fields =
      std::tuple{field("order_id", &events::OrderShipped::order_id, "The order."),
                 field("shipment_id", &events::OrderShipped::shipment_id, "The parcel."),
                 field("carrier", &events::OrderShipped::carrier, "Who carries it."),
                 field("tracking_number", &events::OrderShipped::tracking_number, "The carrier's number."),
                 field("tracking_url", &events::OrderShipped::tracking_url, "Where to follow it."),
                 field("lines", &events::OrderShipped::lines, "What is in it."),
                 field("complete", &events::OrderShipped::complete, "It is the last parcel of the order.")};
};

template <>
struct Shape<events::OrderDelivered> {
  static constexpr std::string_view name = "OrderDelivered";
  static constexpr auto fields =
      std::tuple{field("order_id", &events::OrderDelivered::order_id, "The order."),
                 field("shipment_id", &events::OrderDelivered::shipment_id, "The parcel that came last.")};
};

template <>
struct Shape<events::OrderCancelled> {
  static constexpr std::string_view name = "OrderCancelled";
  static constexpr auto fields =
      std::tuple{field("order_id", &events::OrderCancelled::order_id, "The order."),
                 field("reason", &events::OrderCancelled::reason, "Why.")};
};

template <>
struct Shape<events::RefundProcessed> {
  static constexpr std::string_view name = "RefundProcessed";
  static constexpr auto fields =
      std::tuple{field("order_id", &events::RefundProcessed::order_id, "The order."),
                 field("refund_id", &events::RefundProcessed::refund_id, "The refund."),
                 field("payment_id", &events::RefundProcessed::payment_id, "The payment that it gives back."),
                 field("amount", &events::RefundProcessed::amount, "What was given back."),
                 field("reason", &events::RefundProcessed::reason, "Why."),
                 field("restock", &events::RefundProcessed::restock, "Units that can be sold again."),
                 field("surplus", &events::RefundProcessed::surplus,
                       "It gives back money that no PaymentReceived told of.")};
};

template <>
struct Shape<events::ReservationExpired> {
  static constexpr std::string_view name = "ReservationExpired";
  static constexpr auto fields =
      std::tuple{field("cart_id", &events::ReservationExpired::cart_id, "The cart."),
                 field("order_id", &events::ReservationExpired::order_id, "The order, once there is one."),
                 field("lines", &events::ReservationExpired::lines, "What was held.")};
};

template <>
struct Shape<events::StockChanged> {
  static constexpr std::string_view name = "StockChanged";
  static constexpr auto fields =
      std::tuple{field("sku_id", &events::StockChanged::sku_id, "The SKU."),
                 field("on_hand", &events::StockChanged::on_hand, "Units in the house."),
                 field("available", &events::StockChanged::available, "Units that can be sold.")};
};

template <>
struct Shape<events::LowStock> {
  static constexpr std::string_view name = "LowStock";
  static constexpr auto fields = std::tuple{
      field("sku_id", &events::LowStock::sku_id, "The SKU."),
      field("available", &events::LowStock::available, "Units that can be sold."),
      field("threshold", &events::LowStock::threshold, "The level at which the shop wants to know.")};
};

}  // namespace shopflow::json
