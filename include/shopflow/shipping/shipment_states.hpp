#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "shopflow/core/error.hpp"
#include "shopflow/core/json_names.hpp"
#include "shopflow/core/state_table.hpp"

namespace shopflow::shipping {

/// Where a parcel is. What a carrier reports is the state that the parcel has reached, so the states are the
/// triggers too.
enum class ShipmentState : std::uint8_t {
  label_created,
  picked_up,
  in_transit,
  out_for_delivery,
  delivered,
  exception,
  returned
};

/// What a move does to the order.
enum class ShipmentEffect : std::uint8_t { none, leaves, arrives, comes_back };

struct ShipmentMove {
  std::optional<ShipmentState> from;
  ShipmentState trigger;
  ShipmentState to;
  ShipmentEffect effect;
};

/// The whole machine. Carriers skip steps, so every later one may follow; whatever is not in it is illegal.
inline constexpr auto kShipmentMoves = [] {
  using enum ShipmentState;
  using E = ShipmentEffect;
  return std::to_array<ShipmentMove>({
      // clang-format off: one line a move.
      {std::nullopt,     label_created,    label_created,    E::none},
      {label_created,    picked_up,        picked_up,        E::leaves},
      {label_created,    in_transit,       in_transit,       E::leaves},
      {label_created,    out_for_delivery, out_for_delivery, E::leaves},
      {picked_up,        in_transit,       in_transit,       E::none},
      {picked_up,        out_for_delivery, out_for_delivery, E::none},
      {picked_up,        delivered,        delivered,        E::arrives},
      {picked_up,        exception,        exception,        E::none},
      {picked_up,        returned,         returned,         E::comes_back},
      {in_transit,       out_for_delivery, out_for_delivery, E::none},
      {in_transit,       delivered,        delivered,        E::arrives},
      {in_transit,       exception,        exception,        E::none},
      {in_transit,       returned,         returned,         E::comes_back},
      {out_for_delivery, in_transit,       in_transit,       E::none},
      {out_for_delivery, delivered,        delivered,        E::arrives},
      {out_for_delivery, exception,        exception,        E::none},
      {out_for_delivery, returned,         returned,         E::comes_back},
      {exception,        in_transit,       in_transit,       E::none},
      {exception,        out_for_delivery, out_for_delivery, E::none},
      {exception,        delivered,        delivered,        E::arrives},
      {exception,        returned,         returned,         E::comes_back},
      // clang-format on
  });
}();

static_assert(state_table::each_once(kShipmentMoves));
static_assert(state_table::all_reachable<7>(kShipmentMoves));

namespace errors {
inline constexpr ErrorCode illegal_transition{"illegal_transition", ErrorKind::conflict,
                                              "The present state does not allow that."};
inline constexpr ErrorCode shipment_not_found{"shipment_not_found", ErrorKind::not_found,
                                              "There is no such shipment."};
inline constexpr ErrorCode tracking_taken{"tracking_taken", ErrorKind::conflict,
                                          "The carrier's tracking number belongs to another shipment."};
inline constexpr ErrorCode nothing_to_ship{"nothing_to_ship", ErrorKind::conflict,
                                           "Every unit of the order is in a parcel already."};
inline constexpr ErrorCode not_packed{"not_packed", ErrorKind::conflict, "The order is not packed."};
inline constexpr ErrorCode unknown_carrier{"unknown_carrier", ErrorKind::not_found,
                                           "No carrier of that name is configured."};
inline constexpr ErrorCode webhook_malformed{"webhook_malformed", ErrorKind::malformed,
                                             "The notice does not have the form that carriers send."};
}  // namespace errors

/// The move to the reported state, or illegal_transition.
[[nodiscard]] Result<ShipmentMove> step(std::optional<ShipmentState> from, ShipmentState reported);

/// Whether a report says nothing new: the parcel is there already, or was before (notices overtake each
/// other).
[[nodiscard]] bool is_old_news(ShipmentState now, ShipmentState reported);

/// The machine as a Markdown table, for the README.
[[nodiscard]] std::string shipment_states_markdown();

}  // namespace shopflow::shipping

template <>
struct shopflow::json::Names<shopflow::shipping::ShipmentState> {
  using enum shopflow::shipping::ShipmentState;
  static constexpr std::array<std::pair<shopflow::shipping::ShipmentState, std::string_view>, 7> values{
      {{label_created, "label_created"},
       {picked_up, "picked_up"},
       {in_transit, "in_transit"},
       {out_for_delivery, "out_for_delivery"},
       {delivered, "delivered"},
       {exception, "exception"},
       {returned, "returned"}}};
};

template <>
struct shopflow::json::Names<shopflow::shipping::ShipmentEffect> {
  using enum shopflow::shipping::ShipmentEffect;
  static constexpr std::array<std::pair<shopflow::shipping::ShipmentEffect, std::string_view>, 4> values{
      {{none, ""}, {leaves, "sold -> out"}, {arrives, ""}, {comes_back, ""}}};
};
