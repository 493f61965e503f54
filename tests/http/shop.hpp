#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

#include "support/at_once.hpp"
#include "support/contract.hpp"
#include "support/environment.hpp"
#include "support/test_server.hpp"
#include "support/until.hpp"

namespace shopflow::testing {

/// A client of which every answer is held against the server's own description. One thread.
class Caller {
 public:
  Caller(Client client, const Contract& contract) : client_{std::move(client)}, contract_{&contract} {}

  Answer send(const std::string& method, const std::string& target, const std::string& body, Fields headers) {
    return checked(method, target, client_.send(method, target, body, std::move(headers)));
  }
  Answer request(const std::string& method, const std::string& target, const std::optional<Json>& body = {},
                 Fields headers = {}) {
    return checked(method, target, client_.request(method, target, body, std::move(headers)));
  }
  Answer get(const std::string& target, Fields headers = {}) {
    return request("GET", target, {}, std::move(headers));
  }
  Answer post(const std::string& target, const std::optional<Json>& body = {}, Fields headers = {}) {
    return request("POST", target, body, std::move(headers));
  }
  Answer put(const std::string& target, const Json& body) { return request("PUT", target, body); }
  Answer patch(const std::string& target, const Json& body, Fields headers = {}) {
    return request("PATCH", target, body, std::move(headers));
  }
  Answer del(const std::string& target, Fields headers = {}) {
    return request("DELETE", target, {}, std::move(headers));
  }

 private:
  Answer checked(const std::string& method, const std::string& target, Answer answer) {
    for (const auto& objection : contract_->check(method, target, answer)) ADD_FAILURE() << objection;
    return answer;
  }
  Client client_;
  const Contract* contract_;
};

/// A cart or an order, with the secret that opens it.
struct Owned {
  std::string id;
  std::string secret;
  [[nodiscard]] Fields headers() const { return {{"Shopflow-Secret", secret}}; }
  [[nodiscard]] Fields with_key() const { return {{"Shopflow-Secret", secret}, fresh_key()}; }
  [[nodiscard]] std::string cart(const std::string& rest = "") const { return "/v1/carts/" + id + rest; }
  [[nodiscard]] std::string order(const std::string& rest = "") const { return "/v1/orders/" + id + rest; }
  [[nodiscard]] std::string staff(const std::string& rest = "") const {
    return "/v1/admin/orders/" + id + rest;
  }
};

/// A product with one SKU.
struct Article {
  std::string product;
  std::string sku;
  [[nodiscard]] std::string stock(const std::string& rest = "") const {
    return "/v1/admin/stock/" + sku + rest;
  }
  [[nodiscard]] Json item(int quantity) const { return {{"sku_id", sku}, {"quantity", quantity}}; }
  [[nodiscard]] Json items(int quantity) const { return {{"items", Json::array({item(quantity)})}}; }
};

inline Json euros(std::int64_t cents) { return {{"amount", cents}, {"currency", "EUR"}}; }

inline Json address() {
  return {{"name", "Ada"},
          {"line1", "Unter den Linden 1"},
          {"postal_code", "10117"},
          {"city", "Berlin"},
          {"country", "DE"}};
}

inline Json checkout_body(const std::string& provider = "sandbox") {
  return {{"email", "ada@example.com"},
          {"shipping_method", "standard"},
          {"payment_provider", provider},
          {"shipping_address", address()}};
}

/// Ids that are well-formed and name nothing.
inline std::string nobody(const std::string& prefix) { return prefix + "_01jd0000000000000000000000"; }

/// A server with helpers that bring something to each stage of its life.
class Shop {
 public:
  explicit Shop(Settings settings = {},
                std::shared_ptr<TestDatabase> database = std::make_shared<TestDatabase>())
      : server{std::move(settings), std::move(database)},
        contract{server.client().get("/openapi.json").json()} {}

  TestServer server;
  Contract contract;

  [[nodiscard]] Caller shopper() { return {server.client(), contract}; }
  [[nodiscard]] Caller staff(const std::string& role = "admin") {
    const std::scoped_lock lock{mutex_};
    return {server.admin(role), contract};
  }

  /// A product of one SKU at 10.00 with that many units.
  Article article(int units, const Json& changes = Json::object()) {
    Json sku{
        {"code", unique_name("C")}, {"price", euros(1000)}, {"weight_grams", 100}, {"initial_stock", units}};
    sku.update(changes);
    const auto made = staff().post(
        "/v1/admin/products", Json{{"name", "A cup"}, {"category", "cups"}, {"skus", Json::array({sku})}});
    EXPECT_EQ(made.status, 201) << made.body;
    return {made.json().at("id"), made.json().at("skus").at(0).at("id")};
  }

  Owned cart() {
    const auto made = shopper().post("/v1/carts");
    EXPECT_EQ(made.status, 201) << made.body;
    return {made.json().at("id"), made.json().at("secret")};
  }
  Owned cart_with(const Article& article, int quantity) {
    auto made = cart();
    const auto added = shopper().post(made.cart("/items"), article.items(quantity), made.headers());
    EXPECT_EQ(added.status, 200) << added.body;
    return made;
  }
  Owned order(const Article& article, int quantity, const std::string& provider = "sandbox") {
    const auto from = cart_with(article, quantity);
    const auto made = shopper().post(from.cart("/checkout"), checkout_body(provider), from.with_key());
    EXPECT_EQ(made.status, 201) << made.body;
    return {made.json().at("id"), made.json().at("secret")};
  }
  Answer pay(const Owned& order, const std::string& method = "pm_card_visa") {
    return shopper().post(order.order("/payments"), Json{{"payment_method", method}}, order.with_key());
  }
  Owned paid(const Article& article, int quantity) {
    auto made = order(article, quantity);
    const auto answer = pay(made);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_TRUE(reaches(made, "paid"));
    return made;
  }
  Owned packed(const Article& article, int quantity) {
    auto made = paid(article, quantity);
    const auto list = pick_list(made);
    auto warehouse = staff("warehouse");
    EXPECT_EQ(warehouse.post("/v1/admin/pick-lists/" + list + "/claim").status, 200);
    const auto answer = warehouse.post("/v1/admin/pick-lists/" + list + "/packed");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return made;
  }
  /// Makes a parcel of everything that is left; gives its id.
  std::string parcel(const Owned& order) {
    const auto made =
        staff("warehouse")
            .post(order.staff("/shipments"), Json{{"carrier", "dhl"}, {"tracking_number", unique_name("T")}});
    EXPECT_EQ(made.status, 201) << made.body;
    return made.json().at("id");
  }
  Answer report(const std::string& shipment, const std::string& status) {
    return staff("warehouse").post("/v1/admin/shipments/" + shipment + "/status", Json{{"status", status}});
  }
  Owned shipped(const Article& article, int quantity) {
    auto made = packed(article, quantity);
    const auto answer = report(parcel(made), "picked_up");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return made;
  }

  /// The order's pick list once it may be picked.
  std::string pick_list(const Owned& order) {
    auto warehouse = staff("warehouse");
    std::string found;
    EXPECT_TRUE(until([&] {
      std::string cursor;
      while (true) {
        const auto page = warehouse.get("/v1/admin/pick-lists?limit=100" + cursor).json();
        for (const auto& list : page.at("data"))
          if (list.at("order_id") == order.id) found = list.at("id");
        if (!found.empty() || !page.value("has_more", false)) return !found.empty();
        cursor = "&cursor=" + page.at("next_cursor").get<std::string>();
      }
    })) << "no pick list for "
        << order.id;
    return found;
  }

  [[nodiscard]] Json state_of(const Owned& order) { return staff().get(order.staff()).json(); }
  [[nodiscard]] bool reaches(const Owned& order, const std::string& state) {
    auto admin = staff();
    return until([&] { return admin.get(order.staff()).json().at("state") == state; });
  }
  [[nodiscard]] Json stock_of(const Article& article) { return staff().get(article.stock()).json(); }

  /// Every handler has seen every event, and every refund is through.
  [[nodiscard]] bool settles() {
    auto admin = staff();
    return until([&] {
      // In this order: a refund that goes through has one event more for the handlers.
      if (server.database().number("SELECT count(*) FROM refunds WHERE state = 'pending'") > 0) return false;
      const auto handlers = admin.get("/v1/admin/handlers").json().at("data");
      return std::ranges::all_of(handlers, [](const Json& one) {
        return one.at("lag") == 0 && one.at("waiting") == 0 && one.at("dead") == 0;
      });
    });
  }

  [[nodiscard]] std::string audit() const { return server.run("audit").output; }

 private:
  std::mutex mutex_;
};

/// For servers of which a test locks a table: the locked out wait until it is free, however slow the machine
/// is.
inline Settings patient() { return {{"SHOPFLOW_DATABASE_LOCK_TIMEOUT_MS", "60000"}}; }

/// A refusal with this code and its status.
inline void expect_code(const Answer& answer, int status, const std::string& code) {
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_EQ(answer.code(), code) << answer.body;
}

}  // namespace shopflow::testing
