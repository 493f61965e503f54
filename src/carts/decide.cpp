#include "carts/decide.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "shopflow/events/shapes.hpp"

namespace shopflow::carts {
namespace {

// The moves that this file makes, held against the table.
static_assert(find_transition({}, Trigger::added_to_cart)->effect == Effect::hold);
static_assert(find_transition(Stage::cart, Trigger::deadline_passed)->effect == Effect::free);
static_assert(find_transition(Stage::cart, Trigger::deadline_passed)->event ==
              events::ReservationExpired::type);
static_assert(find_transition(Stage::cart, Trigger::released)->effect == Effect::free);

inventory::Cause cause_of(const CartState& cart) { return {"cart", cart.id.value, {}}; }

/// Whole milliseconds, which is what the line's deadline is stored with.
Timestamp hold_deadline(const Desk& desk) {
  return std::chrono::floor<std::chrono::milliseconds>(desk.now) + desk.settings.hold;
}

void mark_changed(CartState& cart, const Desk& desk) {
  cart.changed = true;
  cart.updated_at = desk.now;
}

void renew(CartState& cart, CartLine& line, const Desk& desk) {
  line.deadline = hold_deadline(desk);
  // A lower bound is enough, and one that stays as it is keeps the update off the index.
  if (!cart.next_deadline || line.deadline < *cart.next_deadline) cart.next_deadline = line.deadline;
  mark_changed(cart, desk);
}

Result<void> require_open(const CartState& cart, const Desk& desk) {
  if (cart.stage != Stage::cart) return fail(cart_checked_out);
  if (cart.updated_at + desk.settings.idle_max < desk.now) return fail(cart_expired);
  return {};
}

/// Why `units` more of the SKU can't be had; `reserved` if they can.
LineResult obstacle(const inventory::StockBook& book, const SkuId& sku, std::int32_t units) {
  const auto* stock = book.find(sku);
  if (stock == nullptr) return LineResult::unknown_sku;
  if (!stock->sellable) return LineResult::sku_not_for_sale;
  return stock->available() < units ? LineResult::insufficient_stock : LineResult::reserved;
}

void hold(const CartState& cart, const SkuId& sku, std::int32_t units, Desk& desk) {
  if (!desk.book.hold(sku, units, cause_of(cart)))
    throw std::logic_error{"stock that was there a moment ago is gone"};
}

const ErrorCode& code_of(LineResult result) {
  switch (result) {
    case LineResult::unknown_sku:
      return unknown_sku;
    case LineResult::sku_not_for_sale:
      return sku_not_for_sale;
    case LineResult::quantity_out_of_range:
      return quantity_out_of_range;
    case LineResult::too_many_lines:
      return too_many_lines;
    case LineResult::insufficient_stock:
    case LineResult::reserved:
      break;
  }
  return insufficient_stock;
}

std::string detail_of(const LineOutcome& outcome, const CartSettings& settings) {
  if (outcome.outcome == LineResult::insufficient_stock)
    return fmt::format("{} wanted, {} available.", outcome.quantity, outcome.available.value_or(0));
  if (outcome.outcome == LineResult::quantity_out_of_range)
    return fmt::format("The most units of a line: {}.", settings.quantity_max);
  if (outcome.outcome == LineResult::too_many_lines)
    return fmt::format("The most lines of a cart: {}.", settings.lines_max);
  return std::string{code_of(outcome.outcome).title};
}

LineOutcome add_line(CartState& cart, const WantedLine& wanted, Desk& desk) {
  LineOutcome outcome{wanted.sku_id, wanted.quantity, LineResult::reserved, {}};
  const auto refuse = [&](LineResult why) {
    outcome.outcome = why;
    if (why == LineResult::insufficient_stock) outcome.available = desk.book.find(wanted.sku_id)->available();
    return outcome;
  };
  const auto& limits = desk.settings;
  if (wanted.quantity < 1 || wanted.quantity > limits.quantity_max)
    return refuse(LineResult::quantity_out_of_range);
  auto* line = cart.find(wanted.sku_id);
  const auto total = wanted.quantity + (line != nullptr ? line->quantity : 0);
  // A lapsed line needs all of its units again, not only those that are added.
  const auto units = total - (line != nullptr ? line->held : 0);
  const auto why = obstacle(desk.book, wanted.sku_id, units);
  if (why == LineResult::unknown_sku || why == LineResult::sku_not_for_sale) return refuse(why);
  if (total > limits.quantity_max) return refuse(LineResult::quantity_out_of_range);
  if (line == nullptr && cart.lines.size() >= limits.lines_max) return refuse(LineResult::too_many_lines);
  if (why != LineResult::reserved) return refuse(why);
  hold(cart, wanted.sku_id, units, desk);
  if (line == nullptr) line = &cart.lines.emplace_back(CartLine{wanted.sku_id, 0, 0, {}});
  line->quantity = total;
  line->held = total;
  renew(cart, *line, desk);
  return outcome;
}

/// Nothing could be taken: each place of the request that asked for a refused SKU is pointed at.
Error refusal(const std::vector<WantedLine>& lines, const std::vector<LineOutcome>& outcomes,
              const CartSettings& settings) {
  const auto is_short = [](const LineOutcome& outcome) {
    return outcome.outcome == LineResult::insufficient_stock;
  };
  const auto worst = std::ranges::find_if(outcomes, is_short);
  auto error = make_error(code_of(worst != outcomes.end() ? worst->outcome : outcomes.front().outcome));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto outcome = std::ranges::find(outcomes, lines[i].sku_id, &LineOutcome::sku_id);
    const bool about_sku =
        outcome->outcome == LineResult::unknown_sku || outcome->outcome == LineResult::sku_not_for_sale;
    error.fields.push_back({fmt::format("/items/{}/{}", i, about_sku ? "sku_id" : "quantity"),
                            std::string{code_of(outcome->outcome).code}, detail_of(*outcome, settings)});
  }
  return error;
}

/// One kind of command each. A cart that is handed in is open.
struct Decider {
  CartState& cart;
  const CartCommand& command;
  Desk& desk;
  using Outcomes = Result<std::vector<LineOutcome>>;

  Outcomes operator()(const CreateCart&) const {
    // Nothing can be held of it for less long, and a bound that is there from the start is one that the first
    // hold need not write into the index.
    if (!cart.next_deadline) cart.next_deadline = hold_deadline(desk);
    return {};
  }

  Outcomes operator()(const AddLines& add) const {
    std::vector<LineOutcome> outcomes;
    for (const auto& wanted : sum_equal(add.lines)) outcomes.push_back(add_line(cart, wanted, desk));
    const bool any =
        std::ranges::find(outcomes, LineResult::reserved, &LineOutcome::outcome) != outcomes.end();
    if (!any && !outcomes.empty()) return std::unexpected{refusal(add.lines, outcomes, desk.settings)};
    return outcomes;
  }

  Outcomes operator()(const ChangeLine& change) const {
    auto* line = cart.find(change.sku_id);
    if (line == nullptr) return fail(line_not_found);
    if (change.quantity < 1 || change.quantity > desk.settings.quantity_max)
      return fail(quantity_out_of_range);
    const auto more = change.quantity - line->held;
    if (more > 0) {
      const auto why = obstacle(desk.book, change.sku_id, more);
      if (why != LineResult::reserved) {
        const auto* stock = desk.book.find(change.sku_id);
        const auto available = stock != nullptr ? stock->available() : 0;
        auto error = make_error(code_of(why));
        error.fields.push_back(
            {"/quantity", std::string{code_of(why).code},
             detail_of({change.sku_id, change.quantity, why, available + line->held}, desk.settings)});
        return std::unexpected{std::move(error)};
      }
      hold(cart, change.sku_id, more, desk);
    } else if (more < 0) {
      desk.book.free(change.sku_id, -more, cause_of(cart));
    }
    line->quantity = change.quantity;
    line->held = change.quantity;
    renew(cart, *line, desk);
    return {};
  }

  Outcomes operator()(const RemoveLine& remove) const {
    const auto* line = cart.find(remove.sku_id);
    if (line == nullptr) return fail(line_not_found);
    if (line->reserved()) desk.book.free(remove.sku_id, line->held, cause_of(cart));
    std::erase_if(cart.lines, [&](const CartLine& one) { return one.sku_id == remove.sku_id; });
    mark_changed(cart, desk);
    return {};
  }

  Outcomes operator()(const RenewLines&) const {
    for (auto& line : cart.lines) {
      if (!line.reserved()) {
        if (obstacle(desk.book, line.sku_id, line.quantity) != LineResult::reserved) continue;
        hold(cart, line.sku_id, line.quantity, desk);
        line.held = line.quantity;
      }
      renew(cart, line, desk);
    }
    return {};
  }

  Outcomes operator()(const ExpireLines&) const {
    events::ReservationExpired event{cart.id, {}, {}};
    std::optional<Timestamp> next;
    for (auto& line : cart.lines) {
      if (!line.reserved()) continue;
      if (line.deadline > desk.now) {
        next = next ? std::min(*next, line.deadline) : line.deadline;
        continue;
      }
      desk.book.free(line.sku_id, line.held, cause_of(cart));
      event.lines.push_back({line.sku_id, line.held});
      line.held = 0;
    }
    if (event.lines.empty() && next == cart.next_deadline) return {};
    cart.next_deadline = next;
    cart.changed = true;
    if (event.lines.empty()) return {};
    desk.events.push_back(
        events::make_event(event, cart.id.value, ++cart.event_sequence, desk.now, command.traceparent));
    return {};
  }
};

}  // namespace

Result<std::vector<LineOutcome>> decide(CartState& cart, const CartCommand& command, Desk& desk) {
  if (std::holds_alternative<ExpireLines>(command.action)) {
    if (cart.stage != Stage::cart) return {};
  } else if (auto open = require_open(cart, desk); !open) {
    return std::unexpected{std::move(open).error()};
  }
  return std::visit(Decider{cart, command, desk}, command.action);
}

std::vector<WantedLine> sum_equal(const std::vector<WantedLine>& lines) {
  if (lines.size() < 2) return lines;
  std::vector<WantedLine> sums;
  std::unordered_map<SkuId, std::size_t> places;
  for (const auto& line : lines) {
    const auto [place, added] = places.emplace(line.sku_id, sums.size());
    if (added) {
      sums.push_back(line);
    } else {
      auto& sum = sums[place->second].quantity;
      // Far beyond what a line may hold the exact sum does not matter, but it must not overflow.
      sum = static_cast<std::int32_t>(
          std::min<std::int64_t>(std::int64_t{sum} + line.quantity, kQuantityMax * std::int64_t{kLinesMax}));
    }
  }
  return sums;
}

void collect_skus(const CartState* cart, const CartAction& action, Timestamp now, std::vector<SkuId>& skus) {
  if (const auto* add = std::get_if<AddLines>(&action)) {
    for (const auto& line : add->lines) skus.push_back(line.sku_id);
  } else if (const auto* change = std::get_if<ChangeLine>(&action)) {
    skus.push_back(change->sku_id);
  } else if (const auto* remove = std::get_if<RemoveLine>(&action)) {
    skus.push_back(remove->sku_id);
  } else if (cart != nullptr) {
    const bool expire = std::holds_alternative<ExpireLines>(action);
    for (const auto& line : cart->lines) {
      if (expire ? line.reserved() && line.deadline <= now : !line.reserved()) skus.push_back(line.sku_id);
    }
  }
}

}  // namespace shopflow::carts
