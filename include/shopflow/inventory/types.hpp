#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/inventory/movement_names.hpp"
#include "shopflow/inventory/stock_book.hpp"

namespace shopflow::inventory {

/// Units of one SKU in the house at most; further ones can't be received.
inline constexpr std::int32_t kOnHandMax = 1'000'000'000;
/// Units that one request moves at most.
inline constexpr std::int64_t kMoveMax = 100'000'000;

/// The counters of a SKU as the shop's people see them.
struct StockView {
  SkuId sku_id;
  std::int32_t on_hand = 0;
  std::int32_t held = 0;
  std::int32_t sold = 0;
  std::int32_t available = 0;
  std::int32_t low_stock_at = 0;
  bool sellable = true;
};

struct LedgerLine {
  std::string id;
  Movement movement = Movement::receive;
  std::int32_t quantity = 0;
  std::string cause;
  std::string cause_id;
  std::optional<std::string> reason;
  Timestamp occurred_at;
};

struct StockReceipt {
  std::int32_t quantity = 0;
  std::optional<std::string> reason;
};
struct StockAdjustment {
  std::int32_t delta = 0;
  std::string reason;
};
struct StockCount {
  std::int32_t on_hand = 0;
  std::optional<std::string> reason;
};
struct StockPatch {
  std::int32_t low_stock_at = 0;
};
struct LedgerQuery {
  std::int32_t limit = 50;
  std::optional<std::string> cursor;
};

/// What shoppers see.
struct ProductStock {
  struct Line {
    SkuId sku_id;
    std::string code;
    std::int32_t available = 0;
  };
  ProductId product_id;
  std::int64_t available = 0;
  std::vector<Line> skus;
  Timestamp as_of;
};

namespace errors {
inline constexpr ErrorCode stock_conflict{"stock_conflict", ErrorKind::conflict,
                                          "The units that are held, sold or in the house do not allow it."};
}  // namespace errors

}  // namespace shopflow::inventory

namespace shopflow::json {

template <>
struct Shape<inventory::StockView> {
  using T = inventory::StockView;
  static constexpr std::string_view name = "Stock";
  static constexpr auto fields =
      std::tuple{field("sku_id", &T::sku_id, "The SKU."),
                 field("on_hand", &T::on_hand, "Units in the house."),
                 field("held", &T::held, "Of these, in carts and unpaid orders."),
                 field("sold", &T::sold, "Of these, paid and not shipped."),
                 field("available", &T::available, "Of these, free to be sold."),
                 field("low_stock_at", &T::low_stock_at, "The level at which the shop wants to know."),
                 field("sellable", &T::sellable, "Whether units may be put into carts.")};
};

template <>
struct Shape<inventory::LedgerLine> {
  using T = inventory::LedgerLine;
  static constexpr std::string_view name = "LedgerLine";
  static constexpr auto fields = std::tuple{
      field("id", &T::id, "Names the line; lines are in the order of their ids."),
      field("movement", &T::movement, "What happened to the units."),
      field("quantity", &T::quantity, "How many; negative only where an adjustment took units away."),
      field("cause", &T::cause, "What made it happen."),
      field("cause_id", &T::cause_id, "Which of these."),
      field("reason", &T::reason, "A word for people."),
      field("occurred_at", &T::occurred_at, "When.")};
};

template <>
struct Shape<inventory::StockReceipt> {
  using T = inventory::StockReceipt;
  static constexpr std::string_view name = "StockReceipt";
  static constexpr auto fields =
      std::tuple{field("quantity", &T::quantity, "Units that have come.", between(1, inventory::kMoveMax)),
                 field("reason", &T::reason, "A word for the ledger.", length(1, 200), single_line())};
};

template <>
struct Shape<inventory::StockAdjustment> {
  using T = inventory::StockAdjustment;
  static constexpr std::string_view name = "StockAdjustment";
  static constexpr auto fields =
      std::tuple{field("delta", &T::delta, "Units to add, or to take away if negative.",
                       between(-inventory::kMoveMax, inventory::kMoveMax)),
                 field("reason", &T::reason, "Why, for the ledger.", length(1, 200), single_line())};
};

template <>
struct Shape<inventory::StockCount> {
  using T = inventory::StockCount;
  static constexpr std::string_view name = "StockCount";
  static constexpr auto fields =
      std::tuple{field("on_hand", &T::on_hand, "Units that were counted in the house.",
                       between(0, inventory::kOnHandMax)),
                 field("reason", &T::reason, "A word for the ledger.", length(1, 200), single_line())};
};

template <>
struct Shape<inventory::StockPatch> {
  using T = inventory::StockPatch;
  static constexpr std::string_view name = "StockPatch";
  static constexpr auto fields =
      std::tuple{field("low_stock_at", &T::low_stock_at, "The level at which the shop wants to know.",
                       between(0, inventory::kOnHandMax))};
};

template <>
struct Shape<inventory::LedgerQuery> {
  using T = inventory::LedgerQuery;
  static constexpr std::string_view name = "LedgerQuery";
  static constexpr auto fields =
      std::tuple{field("limit", &T::limit, "Lines on a page.", between(1, 100), or_default()),
                 field("cursor", &T::cursor, "Where the last page ended.", length(1, 100))};
};

template <>
struct Shape<inventory::ProductStock::Line> {
  using T = inventory::ProductStock::Line;
  static constexpr std::string_view name = "SkuStock";
  static constexpr auto fields =
      std::tuple{field("sku_id", &T::sku_id, "The SKU."), field("code", &T::code, "Its code."),
                 field("available", &T::available, "Units that can be put into carts.")};
};

template <>
struct Shape<inventory::ProductStock> {
  using T = inventory::ProductStock;
  static constexpr std::string_view name = "ProductStock";
  static constexpr auto fields = std::tuple{
      field("product_id", &T::product_id, "The product."),
      field("available", &T::available, "Units of all its SKUs."), field("skus", &T::skus, "SKU by SKU."),
      field("as_of", &T::as_of, "When it was read; it is dropped as soon as a unit moves.")};
};

}  // namespace shopflow::json
