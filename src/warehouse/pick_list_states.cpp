#include "shopflow/warehouse/pick_list_states.hpp"

#include <fmt/format.h>

namespace shopflow::warehouse {

Result<PickListState> step(std::optional<PickListState> from, PickListTrigger trigger) {
  if (const auto* move = state_table::find(kPickListMoves, from, trigger)) return move->to;
  return fail(errors::illegal_transition,
              fmt::format("A pick list that is '{}' does not take '{}'.",
                          from ? json::name_of(*from) : "not there", json::name_of(trigger)));
}

std::string pick_list_states_markdown() {
  std::string out = "| from | trigger | to | event |\n|---|---|---|---|\n";
  for (const auto& move : kPickListMoves) {
    const auto from = move.from ? fmt::format("`{}`", json::name_of(*move.from)) : std::string{"-"};
    out += fmt::format("| {} | {} | `{}` | {} |\n", from, json::name_of(move.trigger), json::name_of(move.to),
                       move.event);
  }
  return out;
}

}  // namespace shopflow::warehouse
