#pragma once

#include <array>
#include <cstddef>

/// What every state machine of the shop has in common. A machine is one constexpr table of moves, each with
/// `from` (the state, or an std::optional of it; empty: not there yet), `trigger` and `to`; these checks
/// stand in static_asserts beside it.
namespace shopflow::state_table {

/// The move that `trigger` makes from `from`, nullptr if it is illegal.
template <class Table, class From, class Trigger>
[[nodiscard]] constexpr const typename Table::value_type* find(const Table& table, const From& from,
                                                               Trigger trigger) {
  for (const auto& move : table) {
    if (move.from == from && move.trigger == trigger) return &move;
  }
  return nullptr;
}

/// No pair of state and trigger stands twice.
template <class Table>
[[nodiscard]] constexpr bool each_once(const Table& table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (std::size_t j = i + 1; j < table.size(); ++j) {
      if (table[i].from == table[j].from && table[i].trigger == table[j].trigger) return false;
    }
  }
  return true;
}

/// Every state can be reached from "not there yet", or from `starts`, the states in which something is made
/// known whose beginning lies elsewhere.
template <std::size_t States, class Table, class... State>
[[nodiscard]] constexpr bool all_reachable(const Table& table, State... starts) {
  std::array<bool, States> reached{};
  ((reached[static_cast<std::size_t>(starts)] = true), ...);
  const auto leads_on = [&reached](const auto& from) {
    if constexpr (requires { from.has_value(); }) {
      return !from || reached[static_cast<std::size_t>(*from)];
    } else {
      return reached[static_cast<std::size_t>(from)];
    }
  };
  for (std::size_t round = 0; round <= States; ++round) {
    for (const auto& move : table) {
      if (leads_on(move.from)) reached[static_cast<std::size_t>(move.to)] = true;
    }
  }
  for (const bool state : reached) {
    if (!state) return false;
  }
  return true;
}

}  // namespace shopflow::state_table
