#include "simulate/replay_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "simulate/decimal.hpp"
#include "simulate/report.hpp"

namespace shopflow::simulate {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t kDifferencesShown = 20;

struct SkippedSum {
  std::int64_t count = 0;
  std::int64_t amount = 0;
  std::size_t first_line = 0;
};

std::map<SkipReason, SkippedSum> sum_up(const std::vector<Skipped>& skipped) {
  std::map<SkipReason, SkippedSum> sums;
  for (const auto& one : skipped) {
    auto& sum = sums[one.reason];
    if (sum.count++ == 0) sum.first_line = one.line;
    sum.amount += one.amount;
  }
  return sums;
}

DayFigures found_at(const ShopFigures& found, const std::string& day) {
  const auto at = found.days.find(day);
  return at == found.days.end() ? DayFigures{} : at->second;
}

OrderedJson json_of(const DayFigures& day) {
  return {{"orders", day.orders},
          {"units", day.units},
          {"revenue", day.revenue},
          {"refunds", day.refunds},
          {"refunded", day.refunded}};
}

OrderedJson skipped_json(const Plan& plan) {
  auto json = OrderedJson::object();
  for (const auto& [reason, sum] : sum_up(plan.skipped)) {
    auto lines = OrderedJson::array();
    for (const auto& one : plan.skipped) {
      if (one.reason == reason)
        lines.push_back({{"line", one.line}, {"what", one.detail}, {"amount", one.amount}});
    }
    json[std::string{to_string(reason)}] = {
        {"count", sum.count}, {"amount", sum.amount}, {"lines", std::move(lines)}};
  }
  return json;
}

}  // namespace

std::string replay_table(const ReplayFindings& findings) {
  const auto& [file, plan, sku_ids, stretches, found, differences] = findings;
  auto out = fmt::format("{} lines, {} invoices and cancellations; {} played, with {} SKUs\n", file.lines,
                         file.invoices.size(), plan.steps.size(), plan.skus.size());
  std::vector<std::vector<std::string>> skipped{{"not played", "lines", "amount", "first line"}};
  for (const auto& [reason, sum] : sum_up(plan.skipped)) {
    skipped.push_back({std::string{to_string(reason)}, fmt::format("{}", sum.count), pence_text(sum.amount),
                       fmt::format("{}", sum.first_line)});
  }
  if (skipped.size() > 1) out += "\n" + aligned(skipped);
  std::vector<std::vector<std::string>> days{
      {"GBP", "orders", "units", "revenue: file", "shop", "refunded: file", "shop"}};
  for (const auto& [day, expected] : plan.days) {
    const auto shop = found_at(found, day);
    days.push_back({day, fmt::format("{}", expected.orders), fmt::format("{}", expected.units),
                    pence_text(expected.revenue), pence_text(shop.revenue), pence_text(expected.refunded),
                    pence_text(shop.refunded)});
  }
  out += "\n" + aligned(days);
  if (differences.empty()) {
    out += "\nThe shop's figures are those of the file: every day, every SKU, to the penny.\n";
    return out;
  }
  out += fmt::format("\n{} differences:\n", differences.size());
  for (std::size_t i = 0; i < std::min(differences.size(), kDifferencesShown); ++i) {
    out += "  " + differences[i] + "\n";
  }
  return out;
}

std::string replay_json(const ReplayFindings& findings, const std::string& run) {
  const auto& [file, plan, sku_ids, stretches, found, differences] = findings;
  OrderedJson json;
  json["lines"] = file.lines;
  json["invoices"] = file.invoices.size();
  json["played"] = plan.steps.size();
  json["skipped"] = skipped_json(plan);
  json["days"] = OrderedJson::array();
  for (const auto& [day, expected] : plan.days) {
    auto played = OrderedJson::array();
    for (const auto& stretch : stretches) {
      if (stretch.day != day) continue;
      played.push_back({{"from", to_rfc3339(stretch.from)}, {"to", to_rfc3339(stretch.to)}});
    }
    json["days"].push_back({{"day", day},
                            {"played", std::move(played)},
                            {"file", json_of(expected)},
                            {"shop", json_of(found_at(found, day))}});
  }
  json["skus"] = OrderedJson::array();
  for (std::size_t i = 0; i < sku_ids.size(); ++i) {
    const auto& sku = plan.skus[i];
    json["skus"].push_back({{"code", sku.code},
                            {"sku_id", sku_ids[i]},
                            {"units", sku.units},
                            {"amount", sku.units * sku.price}});
  }
  json["differences"] = differences;
  json["requests"] = OrderedJson::parse(run);
  return json.dump(2);
}

}  // namespace shopflow::simulate
