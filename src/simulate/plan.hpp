#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "simulate/invoices.hpp"

namespace shopflow::simulate {

/// Why a line of the file, or a part of it, is not played.
enum class SkipReason : std::uint8_t {
  malformed_line,
  adjustment,         // the invoice corrects the books and sells nothing
  negative_quantity,  // on a sale
  zero_quantity,
  no_price,          // zero or less
  fractional_price,  // not a whole number of pence
  price_over_limit,
  quantity_over_limit,    // more than a cart's line holds
  code_over_limit,        // longer than a SKU's code
  too_many_lines,         // more than a cart holds
  positive_cancellation,  // on a cancellation
  cancels_unknown_sale,   // nothing played before is left that it could cancel
};
inline constexpr std::size_t kSkipReasons = 12;
[[nodiscard]] std::string_view to_string(SkipReason reason);

struct Skipped {
  SkipReason reason = SkipReason::malformed_line;
  std::size_t line = 0;     // of the file
  std::string detail;       // invoice and code, or what is malformed
  std::int64_t amount = 0;  // pence, rounded; as it stands in the file, negative if the quantity is
};

/// One thing at one price: what the shop calls a SKU.
struct PlannedSku {
  std::string stock_code;
  std::string code;  // "85123A@255"
  std::string name;  // of its product
  std::int64_t price = 0;
  std::int64_t units = 0;  // that the plan sells
};

struct PlannedLine {
  std::size_t sku = 0;  // index into Plan::skus
  std::int32_t quantity = 0;
};

/// Money that goes back to the customer of an earlier sale.
struct PlannedRefund {
  std::size_t sale = 0;  // index into Plan::steps
  std::int64_t amount = 0;
  bool whole = false;  // everything of the sale at once, so the order can be cancelled
};

/// One invoice as it is to be played: a sale has lines, a cancellation refunds.
struct PlannedStep {
  std::string invoice;
  std::string customer;
  std::string country;
  std::chrono::sys_seconds at;
  std::vector<PlannedLine> lines;
  std::vector<PlannedRefund> refunds;
};

/// What one day of the file must come to. Amounts in pence.
struct DayFigures {
  std::int64_t orders = 0;
  std::int64_t units = 0;
  std::int64_t revenue = 0;  // of the goods, without tax and shipping
  std::int64_t refunds = 0;
  std::int64_t refunded = 0;
  bool operator==(const DayFigures&) const = default;
};

struct Plan {
  std::vector<PlannedSku> skus;  // those that are sold, in the order of their first sale
  std::vector<PlannedStep> steps;
  std::vector<Skipped> skipped;
  std::map<std::string, DayFigures> days;
};

/// Works out from the file alone what can be played, and what it comes to. Pure.
[[nodiscard]] Plan plan_replay(const InvoiceFile& file);

}  // namespace shopflow::simulate
