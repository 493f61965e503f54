#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace shopflow::app {

/// Why a handler takes an event: the product requires it, or it is an addition of ours.
enum class Cell : std::uint8_t { none, required, ours };

inline constexpr std::array<std::string_view, 5> kHandlerNames{"email", "inventory", "analytics", "warehouse",
                                                               "notification"};

struct MatrixRow {
  std::string_view event;
  std::array<Cell, kHandlerNames.size()> cells;  // in the order of kHandlerNames
};

namespace matrix_marks {
inline constexpr auto _ = Cell::none;
inline constexpr auto X = Cell::required;
inline constexpr auto o = Cell::ours;
}  // namespace matrix_marks

/// Events down, handlers across. event_matrix.cpp holds each cell against the handlers' code at compile time.
inline constexpr auto kEventMatrix = [] {
  using namespace matrix_marks;
  return std::array{
      // clang-format off: the columns of a table line up.
      //                              email inventory analytics warehouse notification
      MatrixRow{"OrderCreated",       {X,   X,        X,        X,        _}},
      MatrixRow{"PaymentReceived",    {X,   o,        X,        o,        o}},
      MatrixRow{"OrderFulfilled",     {X,   _,        o,        X,        o}},
      MatrixRow{"OrderShipped",       {X,   o,        o,        _,        X}},
      MatrixRow{"OrderDelivered",     {X,   _,        X,        _,        o}},
      MatrixRow{"OrderCancelled",     {X,   X,        o,        o,        o}},
      MatrixRow{"RefundProcessed",    {X,   o,        X,        _,        o}},
      MatrixRow{"ReservationExpired", {_,   o,        o,        _,        o}},
      MatrixRow{"StockChanged",       {_,   _,        o,        _,        o}},
      MatrixRow{"LowStock",           {o,   _,        o,        _,        o}},
      // clang-format on
  };
}();

}  // namespace shopflow::app
