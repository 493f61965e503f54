#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "shopflow/core/error.hpp"
#include "shopflow/core/json_names.hpp"
#include "shopflow/core/state_table.hpp"

namespace shopflow::carts {

/// Where the units of a cart stand. A cart's lines share its stage from checkout on; while the stage is
/// `cart` each line lapses and is taken again by itself.
enum class Stage : std::uint8_t { cart, checkout, payment, sold, expired, released };
inline constexpr std::size_t kStages = 6;

enum class Trigger : std::uint8_t {
  added_to_cart,
  checkout_started,
  payment_processing,
  order_completed,
  deadline_passed,
  released,  // the order was cancelled or the line removed
};
inline constexpr std::size_t kTriggers = 6;

/// What the move does to the stock.
enum class Effect : std::uint8_t { none, hold, sell, free };

inline constexpr ErrorCode illegal_transition{"illegal_transition", ErrorKind::conflict,
                                              "The current state does not allow this."};

/// One legal move; `from` is empty for units that nobody held before.
struct Transition {
  std::optional<Stage> from;
  Trigger trigger;
  Stage to;
  Effect effect;
  std::string_view event;  // type of the event that tells of it, empty if none does
};

/// Every legal move there is.
inline constexpr std::array<Transition, 11> kReservationTable{{
    {std::nullopt, Trigger::added_to_cart, Stage::cart, Effect::hold, ""},
    {Stage::cart, Trigger::checkout_started, Stage::checkout, Effect::none, "OrderCreated"},
    {Stage::checkout, Trigger::payment_processing, Stage::payment, Effect::none, ""},
    {Stage::checkout, Trigger::order_completed, Stage::sold, Effect::sell, "PaymentReceived"},
    {Stage::payment, Trigger::order_completed, Stage::sold, Effect::sell, "PaymentReceived"},
    {Stage::cart, Trigger::deadline_passed, Stage::expired, Effect::free, "ReservationExpired"},
    {Stage::checkout, Trigger::deadline_passed, Stage::expired, Effect::free, "ReservationExpired"},
    {Stage::payment, Trigger::deadline_passed, Stage::expired, Effect::free, "ReservationExpired"},
    {Stage::cart, Trigger::released, Stage::released, Effect::free, ""},
    {Stage::checkout, Trigger::released, Stage::released, Effect::free, "OrderCancelled"},
    {Stage::payment, Trigger::released, Stage::released, Effect::free, "OrderCancelled"},
}};

/// The move that `trigger` makes from `from`, nullptr if there is none.
[[nodiscard]] constexpr const Transition* find_transition(std::optional<Stage> from, Trigger trigger) {
  return state_table::find(kReservationTable, from, trigger);
}

/// Units are held in these stages alone; nothing leads on from the others.
[[nodiscard]] constexpr bool may_hold(Stage stage) { return stage <= Stage::payment; }

/// Units are held exactly while the stage is one that may hold them, and each move's effect says so.
constexpr bool effects_balance(std::span<const Transition> table) {
  for (const auto& row : table) {
    const bool before = row.from && may_hold(*row.from);
    const bool after = may_hold(row.to);
    if (!before && after && row.effect != Effect::hold) return false;
    if (before && after && row.effect != Effect::none) return false;
    if (before && !after && row.effect != (row.to == Stage::sold ? Effect::sell : Effect::free)) return false;
    if (!before && !after) return false;
  }
  return true;
}

static_assert(state_table::each_once(kReservationTable));
static_assert(state_table::all_reachable<kStages>(kReservationTable));
static_assert(effects_balance(kReservationTable));

/// The stage after the trigger, or illegal_transition.
[[nodiscard]] Result<Stage> step(std::optional<Stage> from, Trigger trigger);

/// The table above as rows of a Markdown table (from, trigger, to, stock, event), without its head, for
/// README.
[[nodiscard]] std::string reservation_table_markdown();

}  // namespace shopflow::carts

namespace shopflow::json {

template <>
struct Names<carts::Stage> {
  static constexpr std::array<std::pair<carts::Stage, std::string_view>, carts::kStages> values{{
      {carts::Stage::cart, "cart"},
      {carts::Stage::checkout, "checkout"},
      {carts::Stage::payment, "payment"},
      {carts::Stage::sold, "sold"},
      {carts::Stage::expired, "expired"},
      {carts::Stage::released, "released"},
  }};
};

template <>
struct Names<carts::Trigger> {
  static constexpr std::array<std::pair<carts::Trigger, std::string_view>, carts::kTriggers> values{{
      {carts::Trigger::added_to_cart, "added to cart"},
      {carts::Trigger::checkout_started, "checkout started"},
      {carts::Trigger::payment_processing, "payment is processing"},
      {carts::Trigger::order_completed, "order completed"},
      {carts::Trigger::deadline_passed, "deadline passed"},
      {carts::Trigger::released, "order cancelled or line removed"},
  }};
};

template <>
struct Names<carts::Effect> {
  static constexpr std::array<std::pair<carts::Effect, std::string_view>, 4> values{{
      {carts::Effect::none, "-"},
      {carts::Effect::hold, "available -> held"},
      {carts::Effect::sell, "held -> sold"},
      {carts::Effect::free, "held -> available"},
  }};
};

}  // namespace shopflow::json
