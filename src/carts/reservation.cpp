#include "shopflow/carts/reservation.hpp"

#include <fmt/format.h>

namespace shopflow::carts {
namespace {

std::string_view stage_name(std::optional<Stage> stage) { return stage ? json::name_of(*stage) : "-"; }

}  // namespace

Result<Stage> step(std::optional<Stage> from, Trigger trigger) {
  if (const auto* row = find_transition(from, trigger)) return row->to;
  return fail(illegal_transition, fmt::format("'{}' is not possible in the stage '{}'.",
                                              json::name_of(trigger), stage_name(from)));
}

std::string reservation_table_markdown() {
  const auto code = [](std::optional<Stage> stage) {
    return stage ? fmt::format("`{}`", json::name_of(*stage)) : std::string{"-"};
  };
  std::string out;
  for (const auto& row : kReservationTable) {
    out += fmt::format("| {} | {} | {} | {} | {} |\n", code(row.from), json::name_of(row.trigger),
                       code(row.to), json::name_of(row.effect), row.event.empty() ? "-" : row.event);
  }
  return out;
}

}  // namespace shopflow::carts
