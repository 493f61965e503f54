#include "carts/view.hpp"

namespace shopflow::carts {
namespace {

LineState state_of(const CartState& cart, const CartLine& line, const catalog::SkuInfo* info) {
  switch (cart.stage) {
    case Stage::cart:
      if (info == nullptr || !info->live) return LineState::unavailable;
      return line.reserved() ? LineState::reserved : LineState::unreserved;
    case Stage::checkout:
    case Stage::payment:
      return LineState::reserved;
    case Stage::sold:
      return LineState::sold;
    case Stage::expired:
    case Stage::released:
      break;
  }
  return LineState::unreserved;
}

}  // namespace

CartView view_of(const CartState& cart, const FindSku& find, Currency currency, std::chrono::hours idle_max) {
  CartView view{cart.id, cart.stage, cart.order_id, {}, {0, currency}, cart.updated_at + idle_max};
  view.lines.reserve(cart.lines.size());
  for (const auto& line : cart.lines) {
    const auto info = find(line.sku_id);
    CartLineView shown;
    shown.sku_id = line.sku_id;
    shown.quantity = line.quantity;
    shown.unit_price = {0, currency};
    if (info != nullptr) {
      shown.code = info->code;
      shown.name = info->name;
      shown.unit_price = info->price;
    }
    shown.line_total = {shown.unit_price.amount * line.quantity, shown.unit_price.currency};
    shown.state = state_of(cart, line, info.get());
    if (shown.state == LineState::reserved) shown.reserved_until = line.deadline;
    if (shown.state != LineState::unavailable) view.subtotal.amount += shown.line_total.amount;
    view.lines.push_back(std::move(shown));
  }
  return view;
}

CartView view_of(const CartState& cart, const catalog::SkuHandles& skus, Currency currency,
                 std::chrono::hours idle_max) {
  const auto find = [&](const SkuId& id) {
    const auto found = skus.find(id);
    return found == skus.end() ? nullptr : found->second;
  };
  return view_of(cart, FindSku{find}, currency, idle_max);
}

}  // namespace shopflow::carts
