#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "shopflow/core/ids.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/shipping/shipment_states.hpp"

namespace shopflow::shipping {

struct ParcelLine {
  SkuId sku_id;
  std::int32_t quantity = 0;
};

/// An address goes into mails as a link, so it may be of no other scheme.
[[nodiscard]] constexpr bool is_web_address(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

/// One parcel of an order.
struct Shipment {
  ShipmentId id;
  OrderId order_id;
  ShipmentState state = ShipmentState::label_created;
  std::string carrier;
  std::string tracking_number;
  std::optional<std::string> tracking_url;
  std::vector<ParcelLine> lines;
  std::optional<Timestamp> left_at;
  std::optional<Timestamp> delivered_at;
  Timestamp created_at;
  Timestamp updated_at;
};

struct NewShipment {
  std::string carrier;
  std::string tracking_number;
  std::optional<std::string> tracking_url;
  std::optional<std::vector<ParcelLine>> lines;
};

struct ShipmentReport {
  ShipmentState status = ShipmentState::picked_up;
};

/// What a carrier sends, whatever its own format is called: the generic form.
struct CarrierNotice {
  std::string event_id;
  std::string tracking_number;
  ShipmentState status = ShipmentState::picked_up;
};

/// What became of a notice.
struct CarrierAnswer {
  std::string outcome;  // recorded, kept, repeated, or ignored (nothing new)
};

struct ShipmentList {
  std::vector<Shipment> data;
};

}  // namespace shopflow::shipping

template <>
struct shopflow::json::Shape<shopflow::shipping::ParcelLine> {
  using T = shopflow::shipping::ParcelLine;
  static constexpr std::string_view name = "ParcelLine";
  static constexpr auto fields =
      std::tuple{field("sku_id", &T::sku_id, "The SKU."),
                 field("quantity", &T::quantity, "Units of it in the parcel.", between(1, 10'000))};
};

template <>
struct shopflow::json::Shape<shopflow::shipping::Shipment> {
  using T = shopflow::shipping::Shipment;
  static constexpr std::string_view name = "Shipment";
  static constexpr auto fields =
      std::tuple{field("id", &T::id, "The parcel."),
                 field("order_id", &T::order_id, "The order that it is of."),
                 field("state", &T::state, "Where it is."),
                 field("carrier", &T::carrier, "Who carries it."),
                 field("tracking_number", &T::tracking_number, "The carrier's number."),
                 field("tracking_url", &T::tracking_url, "Where to follow it."),
                 field("lines", &T::lines, "What is in it."),
                 field("left_at", &T::left_at, "When the carrier took it."),
                 field("delivered_at", &T::delivered_at, "When it arrived."),
                 field("created_at", &T::created_at, "When its label was made."),
                 field("updated_at", &T::updated_at, "When its state changed last.")};
};

template <>
struct shopflow::json::Shape<shopflow::shipping::ShipmentList> {
  using T = shopflow::shipping::ShipmentList;
  static constexpr std::string_view name = "OrderShipments";
  static constexpr auto fields =
      std::tuple{field("data", &T::data, "The parcels in the order of their making.")};
};

template <>
struct shopflow::json::Shape<shopflow::shipping::NewShipment> {
  using T = shopflow::shipping::NewShipment;
  static constexpr std::string_view name = "NewShipment";
  static constexpr auto fields = std::tuple{
      field("carrier", &T::carrier, "Who carries it.", length(1, 40), slug()),
      field("tracking_number", &T::tracking_number, "The carrier's number.", length(1, 80), single_line()),
      field("tracking_url", &T::tracking_url, "Where to follow it; follows from the carrier if absent.",
            length(8, 500), single_line(),
            matching("an address that begins with https:// or http://", &shipping::is_web_address,
                     R"("pattern":"^https?://")")),
      field("lines", &T::lines, "What is in it; everything that is in no parcel yet if absent.",
            items(1, 1000))};
};

template <>
struct shopflow::json::Shape<shopflow::shipping::ShipmentReport> {
  using T = shopflow::shipping::ShipmentReport;
  static constexpr std::string_view name = "ShipmentReport";
  static constexpr auto fields =
      std::tuple{field("status", &T::status, "The state that the parcel has reached.")};
};

template <>
struct shopflow::json::Shape<shopflow::shipping::CarrierNotice> {
  using T = shopflow::shipping::CarrierNotice;
  static constexpr std::string_view name = "CarrierNotice";
  static constexpr auto fields = std::tuple{
      field("event_id", &T::event_id, "The carrier's own identifier of this notice.", length(1, 200)),
      field("tracking_number", &T::tracking_number, "The parcel.", length(1, 80)),
      field("status", &T::status, "The state that it has reached.")};
};

template <>
struct shopflow::json::Shape<shopflow::shipping::CarrierAnswer> {
  using T = shopflow::shipping::CarrierAnswer;
  static constexpr std::string_view name = "CarrierAnswer";
  static constexpr auto fields = std::tuple{field("outcome", &T::outcome,
                                                  "recorded, kept (until the parcel is entered), repeated "
                                                  "(the notice had come before) or ignored (nothing new).")};
};
