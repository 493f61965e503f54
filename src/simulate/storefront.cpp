#include "simulate/storefront.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace shopflow::simulate {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;

constexpr std::chrono::milliseconds kFirstPause{2};
constexpr std::chrono::milliseconds kLongestPause{100};
constexpr std::chrono::seconds kPaidMax{20};

Timestamp time_of(const Json& object, const char* name) {
  return parse_rfc3339(object.at(name).get<std::string>()).value_or(Timestamp{});
}

Order order_of(const std::string& body) {
  const auto json = Json::parse(body);
  Order order;
  order.id = json.at("id");
  order.secret = json.value("secret", "");
  order.state = json.at("state");
  order.payment_status = json.at("payment_status");
  order.subtotal = json.at("subtotal").at("amount");
  order.total = json.at("total").at("amount");
  order.created_at = time_of(json, "created_at");
  order.updated_at = time_of(json, "updated_at");
  if (json.contains("payment")) order.payment_id = json["payment"].at("id");
  return order;
}

}  // namespace

asio::awaitable<std::optional<Cart>> Storefront::make_cart() {
  Call call;
  call.action = Action::create_cart;
  call.method = http::Method::post;
  call.target = "/v1/carts";
  const auto answer = co_await api_.send(call);
  if (!answer.ok()) co_return std::nullopt;
  const auto json = Json::parse(answer.body);
  co_return Cart{json.at("id"), json.at("secret")};
}

asio::awaitable<std::vector<CartItem>> Storefront::add(const Cart& cart, const std::vector<CartItem>& items) {
  auto wanted = Json::array();
  for (const auto& item : items) wanted.push_back({{"sku_id", item.sku_id}, {"quantity", item.quantity}});
  Call call;
  call.action = Action::add_items;
  call.method = http::Method::post;
  call.target = "/v1/carts/" + cart.id + "/items";
  call.secret = cart.secret;
  call.body = Json{{"items", wanted}}.dump();
  call.refusals = {"insufficient_stock"};
  const auto answer = co_await api_.send(call);
  std::vector<CartItem> held;
  if (!answer.ok()) co_return held;
  const auto json = Json::parse(answer.body);
  for (const auto& outcome : json.at("outcomes")) {
    const auto result = outcome.at("outcome").get<std::string>();
    if (result == "reserved") {
      held.push_back({outcome.at("sku_id"), outcome.at("quantity")});
    } else if (result == "insufficient_stock") {
      api_.tally().conflict(result);
    } else {
      api_.tally().error(Action::add_items, "a line came to nothing: " + outcome.dump());
    }
  }
  co_return held;
}

asio::awaitable<std::optional<Order>> Storefront::check_out(const Cart& cart, const Customer& customer,
                                                            std::string_view provider) {
  Call call;
  call.action = Action::check_out;
  call.method = http::Method::post;
  call.target = "/v1/carts/" + cart.id + "/checkout";
  call.secret = cart.secret;
  call.keyed = true;
  call.body = Json{
      {"email", customer.email},
      {"shipping_address",
       {{"name", customer.name},
        {"line1", "1 High Street"},
        {"city", "Old Town"},
        {"postal_code", "10000"},
        {"country", customer.country}}},
      {"shipping_method", "standard"},
      {"payment_provider",
       provider}}.dump();
  call.refusals = {"insufficient_stock"};
  const auto answer = co_await api_.send(call);
  if (!answer.ok()) co_return std::nullopt;
  api_.tally().count(Count::orders);
  co_return order_of(answer.body);
}

asio::awaitable<std::string> Storefront::pay(const Order& order, std::string_view method) {
  Call call;
  call.action = Action::pay;
  call.method = http::Method::post;
  call.target = "/v1/orders/" + order.id + "/payments";
  call.secret = order.secret;
  call.keyed = true;
  call.body = Json{{"payment_method", method}}.dump();
  const auto answer = co_await api_.send(call);
  if (!answer.ok()) co_return "";
  co_return Json::parse(answer.body).at("state").get<std::string>();
}

asio::awaitable<std::optional<Order>> Storefront::read(const Order& order) {
  Call call;
  call.action = Action::read_order;
  call.target = "/v1/orders/" + order.id;
  call.secret = order.secret;
  const auto answer = co_await api_.send(call);
  if (!answer.ok()) co_return std::nullopt;
  auto seen = order_of(answer.body);
  seen.secret = order.secret;
  co_return seen;
}

asio::awaitable<std::optional<Order>> Storefront::wait_until_paid(const Order& order) {
  const auto end = std::chrono::steady_clock::now() + kPaidMax;
  for (auto wait = kFirstPause; std::chrono::steady_clock::now() < end;
       wait = std::min(wait * 2, kLongestPause)) {
    auto seen = co_await read(order);
    if (!seen) co_return std::nullopt;
    if (seen->payment_status == "paid") {
      api_.tally().count(Count::paid);
      co_return seen;
    }
    co_await pause(wait);
  }
  api_.tally().error(Action::pay, "the money of " + order.id + " was never booked");
  co_return std::nullopt;
}

}  // namespace shopflow::simulate
