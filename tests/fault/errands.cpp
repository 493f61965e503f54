#include "fault/errands.hpp"

#include <fmt/format.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "support/environment.hpp"

namespace shopflow::fault {
namespace {

using testing::Answer;
using testing::Json;

}  // namespace

Errands::Errands(Stand& stand, std::size_t server)
    : stand_{stand}, client_{stand.doors().find(server)}, authorization_{"Bearer " + stand.admin_key()} {}

Answer Errands::ask(const std::string& method, const std::string& target, const std::optional<Json>& body,
                    const std::string& secret, const std::string& key) {
  testing::Fields headers;
  if (!secret.empty()) headers.emplace_back("Shopflow-Secret", secret);
  if (!key.empty()) {
    headers.emplace_back("Idempotency-Key", key);
  } else if (method == "POST") {
    headers.push_back(testing::fresh_key());
  }
  return client_.request(method, target, body, std::move(headers));
}

Answer Errands::staff(const std::string& method, const std::string& target, const std::optional<Json>& body,
                      const std::string& key) {
  testing::Fields headers{{"Authorization", authorization_}};
  if (!key.empty()) {
    headers.emplace_back("Idempotency-Key", key);
  } else if (method == "POST") {
    headers.push_back(testing::fresh_key());
  }
  return client_.request(method, target, body, std::move(headers));
}

Json Errands::must(const Answer& answer, int status, const char* what) const {
  if (answer.status == status) return answer.json();
  throw std::runtime_error{fmt::format("{} was answered {}: {}", what, answer.status, answer.body)};
}

Owned Errands::cart() {
  const auto made = must(ask("POST", "/v1/carts", Json::object()), 201, "a cart");
  return {made.at("id"), made.at("secret")};
}

Owned Errands::new_cart() {
  const auto made =
      must(send("POST", "/v1/carts", "{}", {{"Content-Type", "application/json"}}), 201, "a new cart");
  return {made.at("id"), made.at("secret")};
}

Owned Errands::cart_with(const std::string& sku, int units) {
  auto made = cart();
  (void)must(ask("POST", made.cart("/items"), items_of(sku, units), made.secret), 200, "a line");
  return made;
}

Owned Errands::order(const std::string& sku, int units, const std::string& provider) {
  const auto from = cart_with(sku, units);
  const auto made =
      must(ask("POST", from.cart("/checkout"), checkout_of(provider), from.secret), 201, "a checkout");
  return {made.at("id"), made.at("secret")};
}

Owned Errands::paid(const std::string& sku, int units) {
  auto made = order(sku, units);
  const Json body{{"payment_method", "pm_card_visa"}};
  (void)must(ask("POST", made.order("/payments"), body, made.secret), 200, "a payment");
  return made;
}

std::string Errands::claimed(const Owned& order) {
  const auto query = fmt::format("SELECT id FROM pick_lists WHERE order_id = '{}' AND state = 'ready'",
                                 uuid_of<OrderId>(order.id));
  for (int tries = 0; tries < 24'000; ++tries) {
    const auto id = stand_.database().sql(query);
    if (id.empty()) {
      // sleep: a handler in another process is waited for
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
      continue;
    }
    auto list = PickListId{parse_hyphenated(id).value()}.str();
    (void)must(staff("POST", "/v1/admin/pick-lists/" + list + "/claim"), 200, "a claim");
    return list;
  }
  throw std::runtime_error{"no pick list for " + order.id};
}

Owned Errands::packed(const std::string& sku, int units) {
  auto made = paid(sku, units);
  (void)must(staff("POST", "/v1/admin/pick-lists/" + claimed(made) + "/packed"), 200, "packing");
  return made;
}

Json items_of(const std::string& sku, int units) {
  return {{"items", Json::array({{{"sku_id", sku}, {"quantity", units}}})}};
}

Json checkout_of(const std::string& provider) {
  return {{"email", "ada@example.com"},
          {"shipping_method", "standard"},
          {"payment_provider", provider},
          {"shipping_address",
           {{"name", "Ada"},
            {"line1", "Unter den Linden 1"},
            {"postal_code", "10117"},
            {"city", "Berlin"},
            {"country", "DE"}}}};
}

void in_parallel(std::size_t threads, std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::vector<std::function<void()>> works(threads, [&] {
    for (auto i = next++; i < count; i = next++) work(i);
  });
  at_once(works);
}

}  // namespace shopflow::fault
