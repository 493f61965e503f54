#include "shopflow/carts/reservations.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace shopflow::carts {
namespace {

FieldError about(std::size_t line, const ErrorCode& code, std::string detail) {
  return {fmt::format("/items/{}", line), std::string{code.code}, std::move(detail)};
}

/// Moves the reservation of an order; a cart that nobody checked out has no order that could move it.
Result<void> move(CartState& cart, Trigger trigger) {
  if (cart.stage == Stage::cart) return fail(illegal_transition, "The cart has not been checked out.");
  const auto next = step(cart.stage, trigger);
  if (!next) return std::unexpected{next.error()};
  cart.stage = *next;
  cart.changed = true;
  return {};
}

/// The end of a reservation, after which nothing lapses.
Result<void> end(CartState& cart, Trigger trigger) {
  if (auto moved = move(cart, trigger); !moved) return moved;
  cart.next_deadline.reset();
  return {};
}

void hold_until(CartState& cart, Timestamp deadline) {
  for (auto& line : cart.lines) line.deadline = deadline;
  look_by(cart, deadline);
}

Result<void> refuse(const ErrorCode& code, std::vector<FieldError> fields) {
  auto error = make_error(code);
  error.fields = std::move(fields);
  return std::unexpected{std::move(error)};
}

}  // namespace

std::optional<CartState> unwritten_cart(const CartId& id, Timestamp now, std::chrono::hours idle_max) {
  const auto made_at = uuid7_time(id.value);
  if (made_at + idle_max < now) return std::nullopt;
  return CartState{.id = id, .updated_at = made_at};
}

CartLine* CartState::find(const SkuId& sku) {
  for (auto& line : lines) {
    if (line.sku_id == sku) return &line;
  }
  return nullptr;
}

const CartLine* CartState::find(const SkuId& sku) const {
  for (const auto& line : lines) {
    if (line.sku_id == sku) return &line;
  }
  return nullptr;
}

std::vector<SkuId> lapsed_skus(const CartState& cart) {
  std::vector<SkuId> skus;
  for (const auto& line : cart.lines) {
    if (!line.reserved()) skus.push_back(line.sku_id);
  }
  return skus;
}

Result<void> retake_lapsed(CartState& cart, inventory::StockBook& book) {
  std::vector<FieldError> missing;
  bool short_of_units = false;
  for (std::size_t i = 0; i < cart.lines.size(); ++i) {
    const auto& line = cart.lines[i];
    if (line.reserved()) continue;
    const auto* stock = book.find(line.sku_id);
    if (stock == nullptr || !stock->sellable) {
      missing.push_back(about(i, sku_not_for_sale, line.sku_id.str() + " is not for sale."));
    } else if (stock->available() < line.quantity) {
      short_of_units = true;
      missing.push_back(about(i, insufficient_stock,
                              fmt::format("{} wanted, {} available.", line.quantity, stock->available())));
    }
  }
  if (!missing.empty())
    return refuse(short_of_units ? insufficient_stock : sku_not_for_sale, std::move(missing));
  const inventory::Cause cause{"cart", cart.id.value, {}};
  for (auto& line : cart.lines) {
    if (line.reserved()) continue;
    if (!book.hold(line.sku_id, line.quantity, cause))
      throw std::logic_error{"stock that was there a moment ago is gone"};
    line.held = line.quantity;
    cart.changed = true;
  }
  return {};
}

Result<void> start_checkout(CartState& cart, const OrderId& order, Timestamp deadline) {
  const auto next = step(cart.stage, Trigger::checkout_started);
  if (!next) return fail(cart_checked_out);
  if (cart.lines.empty()) return fail(cart_empty);
  std::vector<FieldError> missing;
  for (std::size_t i = 0; i < cart.lines.size(); ++i) {
    if (!cart.lines[i].reserved()) missing.push_back(about(i, insufficient_stock, "The hold has lapsed."));
  }
  if (!missing.empty()) return refuse(insufficient_stock, std::move(missing));
  cart.stage = *next;
  cart.order_id = order;
  hold_until(cart, deadline);
  cart.changed = true;
  return {};
}

Result<void> payment_processing(CartState& cart, Timestamp deadline) {
  if (auto moved = move(cart, Trigger::payment_processing); !moved) return moved;
  hold_until(cart, deadline);
  return {};
}

void look_by(CartState& cart, Timestamp at) {
  // A lower bound is enough, and one that stays as it is keeps the update off the indexes.
  if (cart.next_deadline && *cart.next_deadline <= at) return;
  cart.next_deadline = at;
  cart.changed = true;
}

void look_no_more(CartState& cart) {
  if (!cart.next_deadline) return;
  cart.next_deadline.reset();
  cart.changed = true;
}

bool has_lapsed(const CartState& cart, Timestamp now) {
  return std::ranges::all_of(cart.lines, [now](const CartLine& line) { return line.deadline <= now; });
}

Result<void> sold(CartState& cart) { return end(cart, Trigger::order_completed); }

Result<void> released(CartState& cart) { return end(cart, Trigger::released); }

Result<events::ReservationExpired> expired(CartState& cart) {
  if (auto ended = end(cart, Trigger::deadline_passed); !ended) return std::unexpected{ended.error()};
  ++cart.event_sequence;
  events::ReservationExpired event{cart.id, cart.order_id, {}};
  for (const auto& line : cart.lines) event.lines.push_back({line.sku_id, line.quantity});
  return event;
}

}  // namespace shopflow::carts
