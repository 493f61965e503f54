#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "shopflow/carts/reservation.hpp"
#include "shopflow/core/error.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::carts {

// The most that the settings may allow: with more of either the price of a cart could pass 64 bits.
inline constexpr std::size_t kLinesMax = 1'000;       // lines of a cart, and of one request
inline constexpr std::int32_t kQuantityMax = 10'000;  // units of a line

/// A cart that nobody has touched for longer can't be used any more.
inline constexpr std::chrono::hours kIdleMax{std::chrono::days{30}};
/// Its row stays two days longer, so that no server whose clock is behind takes it for a cart of which
/// nothing was written yet.
inline constexpr std::chrono::hours kRowKept = kIdleMax + std::chrono::days{2};

/// One SKU of a cart. All of its units are held or none: `held` is `quantity` or 0.
struct CartLine {
  SkuId sku_id;
  std::int32_t quantity = 0;
  std::int32_t held = 0;
  Timestamp deadline;  // when the hold lapses; of no meaning once the hold has lapsed

  [[nodiscard]] bool reserved() const { return held > 0; }
  bool operator==(const CartLine&) const = default;
};

/// A cart as it stands in the database, locked there or just read, or an unwritten one.
struct CartState {
  CartId id;
  Stage stage = Stage::cart;
  std::int32_t version = 0;  // as loaded, 0 of an unwritten one; save_carts counts it up
  std::optional<OrderId> order_id;
  std::vector<CartLine> lines;
  std::optional<Timestamp> next_deadline;  // the clock has nothing to do before it: a lower bound
  std::int32_t event_sequence = 0;
  Timestamp updated_at;
  bool changed = false;  // something has to be written

  [[nodiscard]] CartLine* find(const SkuId& sku);
  [[nodiscard]] const CartLine* find(const SkuId& sku) const;
  bool operator==(const CartState&) const = default;
};

/// The cart as it is before anything was put into it. Nothing is written of such a one: its identifier tells
/// when it was made, and its secret that it was made here. nullopt where that was longer ago than `idle_max`:
/// if there is no row of it, it has been cleared away.
[[nodiscard]] std::optional<CartState> unwritten_cart(const CartId& id, Timestamp now,
                                                      std::chrono::hours idle_max);

/// Units of a SKU that somebody wants in the cart.
struct WantedLine {
  SkuId sku_id;
  std::int32_t quantity = 0;
  bool operator==(const WantedLine&) const = default;
};

/// What became of one wanted line.
enum class LineResult : std::uint8_t {
  reserved,
  insufficient_stock,
  unknown_sku,
  sku_not_for_sale,
  quantity_out_of_range,
  too_many_lines,
};

struct LineOutcome {
  SkuId sku_id;
  std::int32_t quantity = 0;  // wanted, equal SKUs of the request summed
  LineResult outcome = LineResult::reserved;
  std::optional<std::int32_t> available;  // with insufficient_stock
  bool operator==(const LineOutcome&) const = default;
};

inline constexpr ErrorCode cart_not_found{"cart_not_found", ErrorKind::not_found, "There is no such cart."};
inline constexpr ErrorCode cart_expired{"cart_expired", ErrorKind::conflict,
                                        "The cart has been left alone for too long."};
inline constexpr ErrorCode cart_checked_out{"cart_checked_out", ErrorKind::conflict,
                                            "The cart has been checked out and can't be changed any more."};
inline constexpr ErrorCode cart_empty{"cart_empty", ErrorKind::conflict, "There is nothing in the cart."};
inline constexpr ErrorCode line_not_found{"line_not_found", ErrorKind::not_found,
                                          "The cart has no line of this SKU."};
inline constexpr ErrorCode insufficient_stock{"insufficient_stock", ErrorKind::conflict,
                                              "Fewer units are available than are wanted."};
inline constexpr ErrorCode unknown_sku{"unknown_sku", ErrorKind::unprocessable, "There is no such SKU."};
inline constexpr ErrorCode sku_not_for_sale{"sku_not_for_sale", ErrorKind::unprocessable,
                                            "The SKU is not for sale."};
inline constexpr ErrorCode quantity_out_of_range{
    "quantity_out_of_range", ErrorKind::unprocessable,
    "A line holds at least one unit, and no more than the shop allows."};
inline constexpr ErrorCode too_many_lines{"too_many_lines", ErrorKind::unprocessable,
                                          "The cart has as many lines as the shop allows."};

}  // namespace shopflow::carts

template <>
struct shopflow::json::Names<shopflow::carts::LineResult> {
  static constexpr std::array<std::pair<carts::LineResult, std::string_view>, 6> values{{
      {carts::LineResult::reserved, "reserved"},
      {carts::LineResult::insufficient_stock, "insufficient_stock"},
      {carts::LineResult::unknown_sku, "unknown_sku"},
      {carts::LineResult::sku_not_for_sale, "sku_not_for_sale"},
      {carts::LineResult::quantity_out_of_range, "quantity_out_of_range"},
      {carts::LineResult::too_many_lines, "too_many_lines"},
  }};
};
