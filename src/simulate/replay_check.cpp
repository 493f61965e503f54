#include "simulate/replay_check.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "simulate/decimal.hpp"
#include "simulate/limits.hpp"

namespace shopflow::simulate {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;

Call figures_call(std::string target) {
  Call call;
  call.action = Action::read_figures;
  call.target = std::move(target);
  call.as_admin = true;
  return call;
}

void add_sales(const std::string& body, DayFigures& day) {
  const auto report = Json::parse(body);
  for (const auto& line : report.at("data")) {
    day.orders += line.at("paid_orders").get<std::int64_t>();
    day.units += line.at("units").get<std::int64_t>();
    day.revenue += line.at("merchandise").get<std::int64_t>();
    day.refunds += line.at("refunds").get<std::int64_t>();
    day.refunded += line.at("refunded").get<std::int64_t>();
  }
}

void add_products(const std::string& body, ShopFigures& figures) {
  const auto report = Json::parse(body);
  for (const auto& line : report.at("data")) {
    auto& sku = figures.skus[line.at("sku_id").get<std::string>()];
    sku.units += line.at("units").get<std::int64_t>();
    sku.amount += line.at("merchandise").get<std::int64_t>();
  }
}

class Differences {
 public:
  void check(const std::string& what, std::int64_t expected, std::int64_t found, bool money) {
    if (expected == found) return;
    lines_.push_back(money ? fmt::format("{}: {} by the file, {} by the shop", what, pence_text(expected),
                                         pence_text(found))
                           : fmt::format("{}: {} by the file, {} by the shop", what, expected, found));
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

DayFigures at_or_none(const std::map<std::string, DayFigures>& days, const std::string& day) {
  const auto found = days.find(day);
  return found == days.end() ? DayFigures{} : found->second;
}

}  // namespace

asio::awaitable<std::string> read_currency(Api& api) {
  auto call = figures_call("/v1/admin/analytics/sales?interval=total");
  const auto answer = co_await api.send(call);
  if (!answer.ok()) co_return "";
  co_return Json::parse(answer.body).at("currency").get<std::string>();
}

asio::awaitable<std::optional<ShopFigures>> read_figures(Api& api, const std::vector<Stretch>& stretches) {
  ShopFigures figures;
  for (const auto& stretch : stretches) {
    const auto range = fmt::format("from={}&to={}", to_rfc3339(stretch.from), to_rfc3339(stretch.to));
    auto sales = figures_call("/v1/admin/analytics/sales?interval=total&" + range);
    const auto sold = co_await api.send(sales);
    if (!sold.ok()) co_return std::nullopt;
    add_sales(sold.body, figures.days[stretch.day]);
    auto products =
        figures_call(fmt::format("/v1/admin/analytics/products?limit={}&{}", limits::kFigureLinesMax, range));
    const auto of_skus = co_await api.send(products);
    if (!of_skus.ok()) co_return std::nullopt;
    add_products(of_skus.body, figures);
  }
  co_return figures;
}

std::vector<std::string> compare(const Plan& plan, const std::vector<std::string>& sku_ids,
                                 const ShopFigures& found) {
  Differences differences;
  std::set<std::string> days;
  for (const auto& [day, figures] : plan.days) days.insert(day);
  for (const auto& [day, figures] : found.days) days.insert(day);
  for (const auto& day : days) {
    const auto expected = at_or_none(plan.days, day);
    const auto shop = at_or_none(found.days, day);
    differences.check(day + " orders", expected.orders, shop.orders, false);
    differences.check(day + " units", expected.units, shop.units, false);
    differences.check(day + " revenue", expected.revenue, shop.revenue, true);
    differences.check(day + " refunds", expected.refunds, shop.refunds, false);
    differences.check(day + " refunded", expected.refunded, shop.refunded, true);
  }
  auto others = found.skus;
  for (std::size_t i = 0; i < plan.skus.size(); ++i) {
    const auto& sku = plan.skus[i];
    const auto at = found.skus.find(sku_ids.at(i));
    const auto shop = at == found.skus.end() ? SkuFigures{} : at->second;
    differences.check(sku.code + " units", sku.units, shop.units, false);
    differences.check(sku.code + " amount", sku.units * sku.price, shop.amount, true);
    others.erase(sku_ids.at(i));
  }
  for (const auto& [id, figures] : others) differences.check(id + " units", 0, figures.units, false);
  return differences.take();
}

}  // namespace shopflow::simulate
