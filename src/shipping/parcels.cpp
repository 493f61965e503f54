#include "shipping/parcels.hpp"

#include <algorithm>
#include <map>

namespace shopflow::shipping {
namespace {

/// Units of each SKU that are in no parcel yet. A parcel keeps its units even when it is returned: they have
/// left.
std::map<SkuId, std::int64_t> unassigned(const orders::Order& order, const std::vector<Shipment>& others) {
  std::map<SkuId, std::int64_t> left;
  for (const auto& line : order.lines) left[line.sku_id] += line.quantity;
  for (const auto& parcel : others) {
    for (const auto& line : parcel.lines) left[line.sku_id] -= line.quantity;
  }
  return left;
}

std::vector<ParcelLine> to_lines(const std::map<SkuId, std::int64_t>& units) {
  std::vector<ParcelLine> lines;
  for (const auto& [sku, quantity] : units) {
    if (quantity > 0) lines.push_back({sku, static_cast<std::int32_t>(quantity)});
  }
  return lines;
}

bool is_on_its_way(const Shipment& parcel) {
  return parcel.state != ShipmentState::delivered && parcel.state != ShipmentState::returned;
}

/// The parcel that arrived last, nullptr if none has arrived.
const Shipment* last_delivered(const std::vector<Shipment>& parcels) {
  const Shipment* last = nullptr;
  for (const auto& parcel : parcels) {
    if (parcel.delivered_at && (last == nullptr || *last->delivered_at < *parcel.delivered_at))
      last = &parcel;
  }
  return last;
}

Result<std::optional<events::NewEvent>> leave(const Shipment& shipment, orders::Order& order,
                                              const orders::Told& told) {
  orders::Parcel parcel{shipment.id, shipment.carrier, shipment.tracking_number, shipment.tracking_url, {}};
  for (const auto& line : shipment.lines) parcel.lines.push_back({line.sku_id, line.quantity});
  return orders::ship(order, parcel, told);
}

/// What the end of a parcel's way does to its order: when nothing is on its way any more and something has
/// arrived, the order is delivered, whichever of its parcels came back.
Result<std::optional<events::NewEvent>> end(const Shipment& moved, orders::Order& order,
                                            const std::vector<Shipment>& all, const orders::Told& told) {
  const bool others_on_their_way = std::ranges::any_of(
      all, [&](const Shipment& other) { return other.id != moved.id && is_on_its_way(other); });
  const auto* arrived = moved.delivered_at ? &moved : last_delivered(all);
  if (arrived == nullptr) return std::nullopt;
  return orders::deliver(order, arrived->id, others_on_their_way, told);
}

}  // namespace

Result<std::vector<ParcelLine>> lines_of_parcel(const orders::Order& order,
                                                const std::vector<Shipment>& others,
                                                const std::optional<std::vector<ParcelLine>>& asked) {
  if (order.state != orders::OrderState::fulfilled) {
    return fail(errors::not_packed, "The order is '" + std::string{json::name_of(order.state)} + "'.");
  }
  const auto left = unassigned(order, others);
  auto everything = to_lines(left);
  if (everything.empty()) return fail(errors::nothing_to_ship);
  if (!asked) return everything;
  std::map<SkuId, std::int64_t> wanted;
  for (const auto& line : *asked) wanted[line.sku_id] += line.quantity;
  for (const auto& [sku, quantity] : wanted) {
    const auto found = left.find(sku);
    if (found == left.end()) return fail(orders::errors::unknown_line, sku.str());
    if (quantity > found->second) return fail(orders::errors::ships_too_much, sku.str());
  }
  return to_lines(wanted);
}

Result<Progress> advance(const Shipment& shipment, ShipmentState reported, orders::Order& order,
                         const std::vector<Shipment>& all, const orders::Told& told) {
  const auto move = step(shipment.state, reported);
  if (!move) return std::unexpected{move.error()};
  Progress progress{shipment, std::nullopt};
  progress.moved.state = move->to;
  progress.moved.updated_at = told.now;
  Result<std::optional<events::NewEvent>> event = std::nullopt;
  switch (move->effect) {
    case ShipmentEffect::none:
      break;
    case ShipmentEffect::leaves:
      progress.moved.left_at = told.now;
      event = leave(progress.moved, order, told);
      break;
    case ShipmentEffect::arrives:
      progress.moved.delivered_at = told.now;
      event = end(progress.moved, order, all, told);
      break;
    case ShipmentEffect::comes_back:
      event = end(progress.moved, order, all, told);
      break;
  }
  if (!event) return std::unexpected{event.error()};
  progress.event = std::move(*event);
  return progress;
}

}  // namespace shopflow::shipping
