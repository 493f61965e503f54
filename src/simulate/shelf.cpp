#include "simulate/shelf.hpp"

#include <nlohmann/json.hpp>

namespace shopflow::simulate {

boost::asio::awaitable<std::vector<std::string>> read_shelf(Api& api) {
  std::vector<std::string> products;
  std::string cursor;
  do {
    Call call;
    call.action = Action::list_products;
    call.target = "/v1/products?limit=100" + (cursor.empty() ? "" : "&cursor=" + cursor);
    const auto answer = co_await api.send(call);
    if (!answer.ok()) break;
    const auto page = nlohmann::json::parse(answer.body);
    for (const auto& product : page.at("data")) products.push_back(product.at("id"));
    cursor = page.value("has_more", false) ? page.at("next_cursor").get<std::string>() : "";
  } while (!cursor.empty() && products.size() < kShelfMax);
  co_return products;
}

}  // namespace shopflow::simulate
