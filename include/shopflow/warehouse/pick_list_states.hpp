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

namespace shopflow::warehouse {

/// How far the picking of an order has come.
enum class PickListState : std::uint8_t { waiting, ready, picking, packed, handed_over, void_ };

enum class PickListTrigger : std::uint8_t {
  order_created,
  order_paid,
  claimed,   // somebody goes and picks
  released,  // and gives it back
  packed,
  order_fulfilled,
  order_cancelled,
};

struct PickListMove {
  std::optional<PickListState> from;
  PickListTrigger trigger;
  PickListState to;
  std::string_view event;  // that the move writes
};

/// The whole machine. Whatever is not in it is illegal.
inline constexpr auto kPickListMoves = [] {
  using enum PickListState;
  using T = PickListTrigger;
  return std::to_array<PickListMove>({
      // clang-format off: one line a move.
      {std::nullopt, T::order_created,   waiting,     ""},
      {waiting,      T::order_paid,      ready,       ""},
      {waiting,      T::order_cancelled, void_,       ""},
      {ready,        T::claimed,         picking,     ""},
      {ready,        T::order_cancelled, void_,       ""},
      {picking,      T::released,        ready,       ""},
      {picking,      T::packed,          packed,      "OrderFulfilled"},
      {picking,      T::order_cancelled, void_,       ""},
      {packed,       T::order_fulfilled, handed_over, ""},
      // clang-format on
  });
}();

static_assert(state_table::each_once(kPickListMoves));
static_assert(state_table::all_reachable<6>(kPickListMoves));

namespace errors {
inline constexpr ErrorCode pick_list_not_found{"pick_list_not_found", ErrorKind::not_found,
                                               "There is no such pick list."};
inline constexpr ErrorCode illegal_transition{"illegal_transition", ErrorKind::conflict,
                                              "The present state does not allow that."};
inline constexpr ErrorCode claimed_by_other{"claimed_by_other", ErrorKind::conflict,
                                            "Somebody else is picking this list."};
}  // namespace errors

/// The state after the trigger, or illegal_transition.
[[nodiscard]] Result<PickListState> step(std::optional<PickListState> from, PickListTrigger trigger);

/// The machine as a Markdown table, for the README.
[[nodiscard]] std::string pick_list_states_markdown();

}  // namespace shopflow::warehouse

template <>
struct shopflow::json::Names<shopflow::warehouse::PickListState> {
  using enum shopflow::warehouse::PickListState;
  static constexpr std::array<std::pair<shopflow::warehouse::PickListState, std::string_view>, 6> values{
      {{waiting, "waiting"},
       {ready, "ready"},
       {picking, "picking"},
       {packed, "packed"},
       {handed_over, "handed_over"},
       {void_, "void"}}};
};

template <>
struct shopflow::json::Names<shopflow::warehouse::PickListTrigger> {
  using enum shopflow::warehouse::PickListTrigger;
  static constexpr std::array<std::pair<shopflow::warehouse::PickListTrigger, std::string_view>, 7> values{
      {{order_created, "order created"},
       {order_paid, "order paid"},
       {claimed, "claimed"},
       {released, "given back"},
       {packed, "packed"},
       {order_fulfilled, "order fulfilled"},
       {order_cancelled, "order cancelled"}}};
};
