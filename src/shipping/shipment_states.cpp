#include "shopflow/shipping/shipment_states.hpp"

#include <fmt/format.h>

namespace shopflow::shipping {
namespace {

/// How far along the way a state is; a notice of an earlier one that comes late says nothing new.
int progress(ShipmentState state) {
  switch (state) {
    case ShipmentState::label_created:
      return 0;
    case ShipmentState::picked_up:
      return 1;
    case ShipmentState::in_transit:
    case ShipmentState::out_for_delivery:
    case ShipmentState::exception:
      return 2;
    case ShipmentState::delivered:
    case ShipmentState::returned:
      return 3;
  }
  return 0;
}

std::string_view event_of(const ShipmentMove& move) {
  switch (move.effect) {
    case ShipmentEffect::none:
      return "";
    case ShipmentEffect::leaves:
      return "OrderShipped";
    case ShipmentEffect::arrives:
      return "OrderDelivered, with the last parcel";
    case ShipmentEffect::comes_back:
      return "OrderDelivered, if it was the last on its way and another had arrived";
  }
  return "";
}

}  // namespace

Result<ShipmentMove> step(std::optional<ShipmentState> from, ShipmentState reported) {
  if (const auto* move = state_table::find(kShipmentMoves, from, reported)) return *move;
  return fail(errors::illegal_transition,
              fmt::format("A parcel that is '{}' can't become '{}'.",
                          from ? json::name_of(*from) : "not there", json::name_of(reported)));
}

bool is_old_news(ShipmentState now, ShipmentState reported) {
  return now == reported || progress(reported) < progress(now);
}

std::string shipment_states_markdown() {
  std::string out = "| from | reported | stock | event |\n|---|---|---|---|\n";
  for (const auto& move : kShipmentMoves) {
    const auto from = move.from ? fmt::format("`{}`", json::name_of(*move.from)) : std::string{"-"};
    out += fmt::format("| {} | `{}` | {} | {} |\n", from, json::name_of(move.to), json::name_of(move.effect),
                       event_of(move));
  }
  return out;
}

}  // namespace shopflow::shipping
