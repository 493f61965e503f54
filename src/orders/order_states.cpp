#include "shopflow/orders/order_states.hpp"

#include <fmt/format.h>

namespace shopflow::orders {

Result<OrderTransition> step(std::optional<OrderState> from, OrderTrigger trigger) {
  if (const auto* line = find_transition(from, trigger)) return *line;
  return fail(errors::illegal_transition,
              fmt::format("An order that is '{}' does not take '{}'.",
                          from ? json::name_of(*from) : "not there", json::name_of(trigger)));
}

std::optional<OrderState> replay(std::optional<OrderState> from, std::string_view event, bool complete) {
  for (const auto& line : kOrderTransitions) {
    if (line.from != from || line.event != event) continue;
    if (line.trigger == OrderTrigger::parcel_left && complete) continue;
    if (line.trigger == OrderTrigger::last_parcel_left && !complete) continue;
    return line.to;
  }
  return std::nullopt;
}

std::string order_states_markdown() {
  std::string out = "| from | trigger | to | effect | event |\n|---|---|---|---|---|\n";
  for (const auto& line : kOrderTransitions) {
    const auto from = line.from ? fmt::format("`{}`", json::name_of(*line.from)) : std::string{"-"};
    out += fmt::format("| {} | {} | `{}` | {} | {} |\n", from, json::name_of(line.trigger),
                       json::name_of(line.to), json::name_of(line.effect), line.event);
  }
  return out;
}

}  // namespace shopflow::orders
