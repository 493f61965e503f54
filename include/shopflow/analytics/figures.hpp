#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::analytics {

/// A stretch of time, `from` included, `to` not.
struct Range {
  Timestamp from;
  Timestamp to;
};

enum class Interval : std::uint8_t { hour, day, total };

/// What was sold in one stretch of time. Amounts are minor units of the shop's currency.
struct SalesFigures {
  Timestamp from;
  std::int64_t orders = 0;   // created
  std::int64_t ordered = 0;  // their totals
  std::int64_t paid_orders = 0;
  std::int64_t revenue = 0;      // paid, with tax and shipping
  std::int64_t merchandise = 0;  // of it the goods, without tax and shipping
  std::int64_t units = 0;        // paid
  std::int64_t refunds = 0;
  std::int64_t refunded = 0;
  std::int64_t units_returned = 0;
  std::int64_t cancelled_orders = 0;
  std::int64_t delivered_orders = 0;
};

struct SalesReport {
  std::string currency;
  std::vector<SalesFigures> data;
};

struct ProductFigures {
  SkuId sku_id;
  std::int64_t units = 0;
  std::int64_t merchandise = 0;
  std::int64_t units_returned = 0;
};

struct ProductReport {
  std::vector<ProductFigures> data;
};

/// How many of the carts made in the range came how far. Of those that nobody did anything with nothing
/// is written.
struct Funnel {
  std::int64_t carts = 0;
  std::int64_t filled_carts = 0;
  std::int64_t orders = 0;
  std::int64_t paid = 0;
  std::int64_t shipped = 0;
  std::int64_t delivered = 0;
};

struct SalesQuery {
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
  Interval interval = Interval::day;
};

struct ProductsQuery {
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
  std::int32_t limit = 20;
};

struct RangeQuery {
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
};

namespace errors {
inline constexpr ErrorCode invalid_range{
    "invalid_range", ErrorKind::unprocessable,
    "`from` must lie before `to`, and the range may hold at most 2,000 intervals."};
}  // namespace errors

}  // namespace shopflow::analytics

namespace shopflow::json {

template <>
struct Names<analytics::Interval> {
  using enum analytics::Interval;
  static constexpr std::array<std::pair<analytics::Interval, std::string_view>, 3> values{
      {{hour, "hour"}, {day, "day"}, {total, "total"}}};
};

template <>
struct Shape<analytics::SalesFigures> {
  using F = analytics::SalesFigures;
  static constexpr std::string_view name = "SalesFigures";
  static constexpr auto fields = std::tuple{
      field("from", &F::from, "Begin of the interval."),
      field("orders", &F::orders, "Orders created."),
      field("ordered", &F::ordered, "What they come to, minor units."),
      field("paid_orders", &F::paid_orders, "Orders paid."),
      field("revenue", &F::revenue, "What was paid, with tax and shipping, minor units."),
      field("merchandise", &F::merchandise, "Of it the goods, without tax and shipping, minor units."),
      field("units", &F::units, "Units paid."),
      field("refunds", &F::refunds, "Refunds made."),
      field("refunded", &F::refunded, "What they come to, minor units."),
      field("units_returned", &F::units_returned, "Units that came back into stock."),
      field("cancelled_orders", &F::cancelled_orders, "Orders cancelled."),
      field("delivered_orders", &F::delivered_orders, "Orders delivered.")};
};

template <>
struct Shape<analytics::SalesReport> {
  static constexpr std::string_view name = "SalesReport";
  static constexpr auto fields = std::tuple{
      field("currency", &analytics::SalesReport::currency, "The shop's currency."),
      field("data", &analytics::SalesReport::data, "The intervals in which something happened, in order.")};
};

template <>
struct Shape<analytics::ProductFigures> {
  using F = analytics::ProductFigures;
  static constexpr std::string_view name = "ProductFigures";
  static constexpr auto fields =
      std::tuple{field("sku_id", &F::sku_id, "The SKU."), field("units", &F::units, "Units paid."),
                 field("merchandise", &F::merchandise, "What they cost without tax, minor units."),
                 field("units_returned", &F::units_returned, "Units that came back into stock.")};
};

template <>
struct Shape<analytics::ProductReport> {
  static constexpr std::string_view name = "ProductReport";
  static constexpr auto fields =
      std::tuple{field("data", &analytics::ProductReport::data, "SKUs by units sold, the most first.")};
};

template <>
struct Shape<analytics::Funnel> {
  using F = analytics::Funnel;
  static constexpr std::string_view name = "Funnel";
  static constexpr auto fields =
      std::tuple{field("carts", &F::carts,
                       "Carts made; one without an Idempotency-Key counts from its first change on."),
                 field("filled_carts", &F::filled_carts, "With something in them."),
                 field("orders", &F::orders, "Orders created."),
                 field("paid", &F::paid, "Orders paid."),
                 field("shipped", &F::shipped, "Orders that have left completely."),
                 field("delivered", &F::delivered, "Orders delivered.")};
};

template <>
struct Shape<analytics::SalesQuery> {
  using Q = analytics::SalesQuery;
  static constexpr std::string_view name = "SalesQuery";
  static constexpr auto fields =
      std::tuple{field("from", &Q::from, "Begin, included; 30 days before `to` if absent."),
                 field("to", &Q::to, "End, not included; now if absent."),
                 field("interval", &Q::interval, "Length of one line of the report.", or_default())};
};

template <>
struct Shape<analytics::ProductsQuery> {
  using Q = analytics::ProductsQuery;
  static constexpr std::string_view name = "ProductsQuery";
  static constexpr auto fields =
      std::tuple{field("from", &Q::from, "Begin, included; 30 days before `to` if absent."),
                 field("to", &Q::to, "End, not included; now if absent."),
                 field("limit", &Q::limit, "How many SKUs at most.", between(1, 10'000), or_default())};
};

template <>
struct Shape<analytics::RangeQuery> {
  using Q = analytics::RangeQuery;
  static constexpr std::string_view name = "RangeQuery";
  static constexpr auto fields =
      std::tuple{field("from", &Q::from, "Begin, included; 30 days before `to` if absent."),
                 field("to", &Q::to, "End, not included; now if absent.")};
};

}  // namespace shopflow::json
