#include "simulate/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <ranges>
#include <unordered_map>

#include "simulate/limits.hpp"

namespace shopflow::simulate {
namespace {

constexpr std::array<std::string_view, kSkipReasons> kNames{
    "malformed_line",  "adjustment",       "negative_quantity",     "zero_quantity",
    "no_price",        "fractional_price", "price_over_limit",      "quantity_over_limit",
    "code_over_limit", "too_many_lines",   "positive_cancellation", "cancels_unknown_sale"};

/// Units of one line of a played sale that have not been cancelled yet.
struct Open {
  std::size_t sku = 0;
  std::int64_t left = 0;
};
struct OpenSale {
  std::size_t step = 0;
  std::vector<Open> lines;
  std::int64_t left = 0;  // units of all lines
  bool touched = false;   // some of it has been refunded
};

class Planner {
 public:
  explicit Planner(const InvoiceFile& file) : file_{file} {}

  Plan make() {
    for (const auto& line : file_.malformed) {
      plan_.skipped.push_back({SkipReason::malformed_line, line.line, line.why, 0});
    }
    for (const auto& invoice : file_.invoices) {
      for (const auto& line : invoice.lines) {
        auto& name = names_[line.stock_code];
        if (name.empty()) name = line.description;
      }
    }
    for (const auto& invoice : file_.invoices) {
      if (invoice.kind == InvoiceKind::adjustment) {
        for (const auto& line : invoice.lines) skip(SkipReason::adjustment, invoice, line, line.quantity);
      } else if (invoice.kind == InvoiceKind::cancellation) {
        cancel(invoice);
      } else {
        sell(invoice);
      }
    }
    std::ranges::sort(plan_.skipped, {}, &Skipped::line);
    return std::move(plan_);
  }

 private:
  void skip(SkipReason reason, const Invoice& invoice, const InvoiceLine& line, std::int64_t units) {
    plan_.skipped.push_back({reason, line.line, fmt::format("{} {}", invoice.number, line.stock_code),
                             rounded_pence(line.price, units)});
  }

  static std::optional<SkipReason> objection(const InvoiceLine& line) {
    if (line.price.digits <= 0) return SkipReason::no_price;
    const auto pence = exact_pence(line.price);
    if (!pence) return SkipReason::fractional_price;
    if (*pence > limits::kPriceMax) return SkipReason::price_over_limit;
    if (sku_code(line.stock_code, *pence).size() > limits::kCodeMax) return SkipReason::code_over_limit;
    return std::nullopt;
  }

  static std::string sku_code(const std::string& stock_code, std::int64_t pence) {
    return fmt::format("{}@{}", stock_code, pence);
  }

  std::size_t sku_of(const InvoiceLine& line) {
    const auto pence = exact_pence(line.price).value();
    auto code = sku_code(line.stock_code, pence);
    const auto [found, fresh] = by_code_.emplace(code, plan_.skus.size());
    if (fresh) {
      const auto& name = names_[line.stock_code];
      plan_.skus.push_back(
          {line.stock_code, std::move(code), name.empty() ? line.stock_code : name, pence, 0});
    }
    return found->second;
  }

  /// Puts the line into the sale, together with what the sale has of the same SKU.
  std::optional<SkipReason> add_line(PlannedStep& step, const InvoiceLine& line) {
    if (line.quantity < 0) return SkipReason::negative_quantity;
    if (line.quantity == 0) return SkipReason::zero_quantity;
    if (const auto reason = objection(line)) return reason;
    if (line.quantity > limits::kQuantityMax) return SkipReason::quantity_over_limit;
    const auto known = by_code_.find(sku_code(line.stock_code, *exact_pence(line.price)));
    auto found = step.lines.end();
    if (known != by_code_.end()) found = std::ranges::find(step.lines, known->second, &PlannedLine::sku);
    if (found == step.lines.end()) {
      if (step.lines.size() >= limits::kLinesMax) return SkipReason::too_many_lines;
      step.lines.push_back({sku_of(line), static_cast<std::int32_t>(line.quantity)});
      return std::nullopt;
    }
    if (found->quantity + line.quantity > limits::kQuantityMax) return SkipReason::quantity_over_limit;
    found->quantity += static_cast<std::int32_t>(line.quantity);
    return std::nullopt;
  }

  void sell(const Invoice& invoice) {
    PlannedStep step{invoice.number, invoice.customer, invoice.country, invoice.at, {}, {}};
    for (const auto& line : invoice.lines) {
      if (const auto reason = add_line(step, line)) skip(*reason, invoice, line, line.quantity);
    }
    if (step.lines.empty()) return;
    auto& day = plan_.days[day_of(invoice.at)];
    ++day.orders;
    OpenSale open{plan_.steps.size(), {}, 0, false};
    for (const auto& line : step.lines) {
      auto& sku = plan_.skus[line.sku];
      sku.units += line.quantity;
      day.units += line.quantity;
      day.revenue += sku.price * line.quantity;
      open.lines.push_back({line.sku, line.quantity});
      open.left += line.quantity;
    }
    plan_.steps.push_back(std::move(step));
    if (!invoice.customer.empty()) sales_[invoice.customer].push_back(std::move(open));
  }

  /// What one cancellation takes from one sale.
  struct Taken {
    OpenSale* sale = nullptr;
    std::int64_t amount = 0;
  };

  /// Takes units from the customer's sales, the latest first; gives how many nobody had bought.
  std::int64_t take_back(const Invoice& invoice, std::size_t sku, std::int64_t units,
                         std::vector<Taken>& taken) {
    auto& sales = sales_[invoice.customer];
    for (auto& sale : sales | std::views::reverse) {
      const auto line = std::ranges::find(sale.lines, sku, &Open::sku);
      if (line == sale.lines.end() || line->left == 0) continue;
      const auto now = std::min(units, line->left);
      line->left -= now;
      sale.left -= now;
      units -= now;
      auto found = std::ranges::find(taken, &sale, &Taken::sale);
      if (found == taken.end()) found = taken.insert(taken.end(), {&sale, 0});
      found->amount += now * plan_.skus[sku].price;
      if (units == 0) break;
    }
    return units;
  }

  void cancel(const Invoice& invoice) {
    std::vector<Taken> taken;
    for (const auto& line : invoice.lines) {
      if (line.quantity >= 0) {
        skip(line.quantity == 0 ? SkipReason::zero_quantity : SkipReason::positive_cancellation, invoice,
             line, line.quantity);
        continue;
      }
      if (const auto reason = objection(line)) {
        skip(*reason, invoice, line, line.quantity);
        continue;
      }
      const auto known = by_code_.find(sku_code(line.stock_code, *exact_pence(line.price)));
      auto left = -line.quantity;
      if (known != by_code_.end() && !invoice.customer.empty()) {
        left = take_back(invoice, known->second, left, taken);
      }
      if (left > 0) skip(SkipReason::cancels_unknown_sale, invoice, line, -left);
    }
    if (taken.empty()) return;
    PlannedStep step{invoice.number, invoice.customer, invoice.country, invoice.at, {}, {}};
    auto& day = plan_.days[day_of(invoice.at)];
    for (const auto& [sale, amount] : taken) {
      step.refunds.push_back({sale->step, amount, sale->left == 0 && !sale->touched});
      sale->touched = true;
      ++day.refunds;
      day.refunded += amount;
    }
    plan_.steps.push_back(std::move(step));
  }

  const InvoiceFile& file_;
  Plan plan_;
  std::unordered_map<std::string, std::string> names_;            // by stock code
  std::unordered_map<std::string, std::size_t> by_code_;          // of plan_.skus
  std::unordered_map<std::string, std::vector<OpenSale>> sales_;  // by customer, in their order
};

}  // namespace

std::string_view to_string(SkipReason reason) { return kNames.at(static_cast<std::size_t>(reason)); }

Plan plan_replay(const InvoiceFile& file) { return Planner{file}.make(); }

}  // namespace shopflow::simulate
