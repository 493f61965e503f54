#include "simulate/replay_catalogue.hpp"

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "simulate/limits.hpp"

namespace shopflow::simulate {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;

/// SKUs of one product, as indices into the plan.
using Group = std::vector<std::size_t>;

std::vector<Group> group_by_stock_code(const Plan& plan) {
  std::vector<Group> groups;
  std::unordered_map<std::string, std::size_t> latest;
  for (std::size_t i = 0; i < plan.skus.size(); ++i) {
    const auto [found, fresh] = latest.try_emplace(plan.skus[i].stock_code, groups.size());
    if (!fresh && groups[found->second].size() >= limits::kSkusOfProductMax) found->second = groups.size();
    if (found->second == groups.size()) groups.emplace_back();
    groups[found->second].push_back(i);
  }
  return groups;
}

Json product_of(const Plan& plan, const Group& group) {
  const auto& first = plan.skus[group.front()];
  auto skus = Json::array();
  for (const auto i : group) {
    const auto& sku = plan.skus[i];
    skus.push_back({{"code", sku.code},
                    {"price", {{"amount", sku.price}, {"currency", "GBP"}}},
                    {"initial_stock", sku.units}});
  }
  return {{"name", first.name}, {"category", "gifts"}, {"skus", std::move(skus)}};
}

}  // namespace

asio::awaitable<std::vector<std::string>> load_catalogue(Api& api, const Plan& plan) {
  std::vector<std::string> ids(plan.skus.size());
  const auto groups = group_by_stock_code(plan);
  for (std::size_t begin = 0; begin < groups.size(); begin += limits::kProductsOfBatchMax) {
    const auto end = std::min(begin + limits::kProductsOfBatchMax, groups.size());
    auto products = Json::array();
    for (auto g = begin; g < end; ++g) products.push_back(product_of(plan, groups[g]));
    Call call;
    call.action = Action::load_products;
    call.method = http::Method::post;
    call.target = "/v1/admin/products/batch";
    call.as_admin = true;
    call.keyed = true;
    call.body = Json{{"products", std::move(products)}}.dump();
    const auto answer = co_await api.send(call);
    if (!answer.ok()) co_return std::vector<std::string>{};
    const auto made = Json::parse(answer.body);
    for (auto g = begin; g < end; ++g) {
      const auto& skus = made.at("products").at(g - begin).at("skus");
      for (std::size_t s = 0; s < groups[g].size(); ++s) ids[groups[g][s]] = skus.at(s).at("id");
    }
  }
  co_return ids;
}

}  // namespace shopflow::simulate
