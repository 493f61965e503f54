#pragma once

#include <map>
#include <set>

#include "http/shop.hpp"

namespace shopflow::testing {

/// One operation of the server's own description.
struct Operation {
  std::string method;
  std::string path;
  Json about;

  [[nodiscard]] bool wants_staff() const { return opens_with("key"); }
  [[nodiscard]] bool wants_secret() const { return opens_with("cartSecret") || opens_with("orderSecret"); }
  [[nodiscard]] bool has_body() const { return about.contains("requestBody"); }
  [[nodiscard]] bool has_header(const std::string& name, bool required_only = false) const {
    return std::ranges::any_of(about.value("parameters", Json::array()), [&](const Json& one) {
      return one.at("name") == name && one.at("in") == "header" &&
             (!required_only || one.value("required", false));
    });
  }
  [[nodiscard]] bool has_query(const std::string& name) const {
    return std::ranges::any_of(about.value("parameters", Json::array()), [&](const Json& one) {
      return one.at("in") == "query" && (name.empty() || one.at("name") == name);
    });
  }
  /// The header in which the sender signs the body, "" if it is not signed.
  [[nodiscard]] std::string signature() const {
    for (const auto& one : about.value("parameters", Json::array())) {
      if (one.at("in") == "header" && one.at("name").get<std::string>().ends_with("-Signature"))
        return one.at("name");
    }
    return "";
  }
  /// Whether the description names this code among its answers.
  [[nodiscard]] bool tells_of(const std::string& code) const {
    return about.at("responses").dump().find('"' + code + '"') != std::string::npos;
  }
  [[nodiscard]] bool allows(const std::string& role) const {
    const auto text = about.at("description").get<std::string>();
    const auto who = text.substr(0, text.find('.'));
    return who.find(role) != std::string::npos;
  }

  /// The path with the parameters filled in: well-formed ids that name nothing, or `id` instead.
  [[nodiscard]] std::string target(const std::optional<std::string>& id = {}) const {
    std::string out = path;
    for (auto open = out.find('{'); open != std::string::npos; open = out.find('{')) {
      const auto close = out.find('}', open);
      const auto name = out.substr(open + 1, close - open - 1);
      out.replace(open, close + 1 - open, value_of(name, id));
    }
    return out;
  }
  /// The same of this cart or order and this SKU, where it is an operation that the secret opens.
  [[nodiscard]] std::string target_of(const Owned& owned, const std::string& sku = nobody("sku")) const {
    if (!wants_secret()) return target();
    auto out = path;
    out.replace(out.find("{id}"), 4, owned.id);
    if (const auto open = out.find("{sku}"); open != std::string::npos) out.replace(open, 5, sku);
    return out;
  }

 private:
  [[nodiscard]] bool opens_with(const std::string& scheme) const {
    return std::ranges::any_of(about.value("security", Json::array()),
                               [&](const Json& one) { return one.contains(scheme); });
  }
  [[nodiscard]] std::string value_of(const std::string& name, const std::optional<std::string>& id) const {
    if (name == "handler") return "email";
    if (name == "carrier") return "dhl";
    if (id) return *id;
    if (name == "event" || name == "position") return "999999";
    if (name == "sku") return nobody("sku");
    const std::map<std::string, std::string> prefixes{
        {"/v1/products", "prd"},        {"/v1/carts", "crt"},
        {"/v1/orders", "ord"},          {"/v1/sandbox/payments", "pay"},
        {"/v1/admin/products", "prd"},  {"/v1/admin/skus", "sku"},
        {"/v1/admin/orders", "ord"},    {"/v1/admin/pick-lists", "pck"},
        {"/v1/admin/shipments", "shp"}, {"/v1/admin/keys", "key"}};
    for (const auto& [start, prefix] : prefixes)
      if (path.starts_with(start + "/")) return nobody(prefix);
    return "nothing";
  }
};

inline std::vector<Operation> operations(const Contract& contract) {
  std::vector<Operation> all;
  for (const auto& [path, methods] : contract.document().at("paths").items()) {
    for (const auto& [method, about] : methods.items()) {
      std::string verb = method;
      std::ranges::transform(verb, verb.begin(),
                             [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      all.push_back({verb, path, about});
    }
  }
  return all;
}

/// A body that every operation's shape accepts, by the operation's path; the values name nothing.
inline Json good_body(const Operation& operation) {
  const auto schema = operation.about.at("requestBody").at("content").at("application/json").at("schema");
  const auto ref = schema.at("$ref").get<std::string>();
  const Json sku{{"code", "never-made"}, {"price", euros(100)}};
  const Json product{{"name", "A cup"}, {"category", "cups"}};
  const Json intent{{"id", "pi_1"},
                    {"object", "payment_intent"},
                    {"amount", 100},
                    {"amount_received", 100},
                    {"currency", "eur"},
                    {"status", "succeeded"},
                    {"metadata", {{"payment_id", nobody("pay")}, {"order_id", nobody("ord")}}}};
  const std::map<std::string, Json> bodies{
      {"StripeEvent",
       {{"id", "evt_1"},
        {"object", "event"},
        {"type", "payment_intent.succeeded"},
        {"created", 1},
        {"data", {{"object", intent}}}}},
      {"CarrierNotice", {{"event_id", "1"}, {"tracking_number", "N"}, {"status", "picked_up"}}},
      {"AddItems", {{"items", Json::array({{{"sku_id", nobody("sku")}, {"quantity", 1}}})}}},
      {"ChangeItem", {{"quantity", 1}}},
      {"Checkout", checkout_body()},
      {"PaymentAttempt", {{"payment_method", "pm_card_visa"}}},
      {"AuthenticateRequest", {{"outcome", "succeed"}}},
      {"NewProduct", product},
      {"ProductBatch", {{"products", Json::array({product})}}},
      {"ProductPatch", {{"name", "Another"}}},
      {"NewSku", sku},
      {"SkuPatch", {{"name", "Another"}}},
      {"StockPatch", {{"low_stock_at", 3}}},
      {"StockReceipt", {{"quantity", 3}}},
      {"StockAdjustment", {{"delta", 3}, {"reason", "found"}}},
      {"StockCount", {{"on_hand", 3}}},
      {"Cancellation", {{"reason", "changed my mind"}}},
      {"NewRefund", {{"reason", "a scratch"}}},
      {"OrderNote", {{"note", "ring twice"}}},
      {"NewShipment", {{"carrier", "dhl"}, {"tracking_number", "T1"}}},
      {"ShipmentReport", {{"status", "picked_up"}}},
      {"Replay", {{"handler", "nobody"}, {"first", 1}, {"last", 1}}},
      {"CreateKey", {{"role", "analyst"}, {"name", "never made"}}}};
  return bodies.at(ref.substr(ref.rfind('/') + 1));
}

/// A shop with a cart and an order, to which every operation can be sent.
class OperationsTest : public ::testing::Test {
 protected:
  explicit OperationsTest(Settings settings = {}) : shop{std::move(settings)} {}

  [[nodiscard]] const Owned& owned(const Operation& operation) const {
    return operation.path.starts_with("/v1/carts") ? cart : order;
  }
  /// The target of an operation on things that are there, as far as it needs a secret.
  [[nodiscard]] std::string target(const Operation& operation) const {
    return operation.target_of(owned(operation));
  }
  /// What the operation wants to be shown before it looks at anything else.
  [[nodiscard]] Fields proofs(const Operation& operation) const {
    Fields fields{fresh_key()};
    if (operation.has_header("If-Match")) fields.emplace_back("If-Match", "\"1\"");
    if (operation.wants_secret()) fields.emplace_back("Shopflow-Secret", owned(operation).secret);
    return fields;
  }

  Shop shop;
  Article cup = shop.article(10);
  Owned cart = shop.cart_with(cup, 1);
  Owned order = shop.order(cup, 1);
};

}  // namespace shopflow::testing
