#include "http/operations.hpp"

namespace shopflow::testing {
namespace {

/// Whatever is refused changes nothing: no event was written, and the counters stand as they stood.
class BadInput : public OperationsTest {
 protected:
  BadInput() { freeze(); }
  ~BadInput() override {
    EXPECT_TRUE(shop.settles());
    EXPECT_EQ(world(), before_) << "something changed";
    EXPECT_EQ(shop.audit(), "0 differences\n");
  }

  [[nodiscard]] std::string world() const {
    return shop.server.database().sql(
        "SELECT concat_ws(' ', (SELECT count(*) FROM products), (SELECT count(*) FROM skus),"
        " (SELECT string_agg(concat_ws('/', on_hand, held, sold), ',' ORDER BY sku_id) FROM stock),"
        " (SELECT string_agg(concat_ws('/', state, captured, refunded, version), ',' ORDER BY id) FROM "
        "orders),"
        " (SELECT count(*) FROM payments), (SELECT count(*) FROM refunds), (SELECT count(*) FROM shipments),"
        " (SELECT position FROM event_log_head))");
  }
  /// From here on nothing may change.
  void freeze() {
    EXPECT_TRUE(shop.settles());
    before_ = world();
  }

 private:
  std::string before_;
};

TEST_F(BadInput, EveryBodyThatIsNotTheDeclaredOneIsRefused) {
  auto staff = shop.staff();
  int bodies = 0;
  for (const auto& operation : operations(shop.contract)) {
    // What is signed is told to be forged before it is read.
    if (!operation.has_body() || !operation.signature().empty()) continue;
    ++bodies;
    SCOPED_TRACE(operation.method + " " + operation.path);
    const auto where = target(operation);
    const auto send = [&](const std::string& body, const std::string& type = "application/json") {
      auto fields = proofs(operation);
      fields.emplace_back("Content-Type", type);
      return staff.send(operation.method, where, body, fields);
    };
    expect_code(send("{\"a\":"), 400, "invalid_json");
    expect_code(send("{\"a\":1,\"a\":2}"), 400, "invalid_json");
    expect_code(send("[]"), 400, "invalid_request");
    expect_code(send(good_body(operation).dump(), "text/plain"), 415, "unsupported_media_type");
    auto unknown = good_body(operation);
    unknown["surprise"] = 1;
    expect_code(send(unknown.dump()), 400, "invalid_request");
    for (const auto& [name, value] : good_body(operation).items()) {
      auto wrong = good_body(operation);
      wrong[name] = value.is_object() || value.is_array() ? Json(7) : Json::array();
      expect_code(send(wrong.dump()), 400, "invalid_request");
    }
  }
  EXPECT_GE(bodies, 20);
}

TEST_F(BadInput, EveryBodyThatIsTooLargeIsRefusedBeforeItIsRead) {
  for (const auto& operation : operations(shop.contract)) {
    if (operation.method == "GET") continue;
    SCOPED_TRACE(operation.method + " " + operation.path);
    RawConnection connection{shop.server.port()};
    connection.send(
        operation.method + " " + target(operation) +
        " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n");
    const auto answer = connection.receive();
    expect_code(answer, 413, "body_too_large");
    for (const auto& objection : shop.contract.check(operation.method, operation.target(), answer))
      ADD_FAILURE() << objection;
    EXPECT_TRUE(connection.is_closed());
  }
}

TEST_F(BadInput, EveryIdThatIsMalformedOrNamesNothingIsTold) {
  auto staff = shop.staff();
  int ids = 0;
  for (const auto& operation : operations(shop.contract)) {
    SCOPED_TRACE(operation.method + " " + operation.path);
    const auto body = operation.has_body() ? std::optional{good_body(operation)} : std::nullopt;
    if (operation.path.find('{') != std::string::npos && operation.tells_of("invalid_id")) {
      ++ids;
      expect_code(staff.request(operation.method, operation.target("nonsense"), body, proofs(operation)), 400,
                  "invalid_id");
    }
    if (operation.about.at("responses").contains("404") && !operation.wants_secret() &&
        operation.path.find("webhooks") == std::string::npos) {
      EXPECT_EQ(staff.request(operation.method, operation.target(), body, proofs(operation)).status, 404);
    }
  }
  EXPECT_GE(ids, 30);
}

TEST_F(BadInput, EveryQueryThatIsNotTheDeclaredOneIsRefused) {
  auto staff = shop.staff();
  for (const auto& operation : operations(shop.contract)) {
    if (!operation.has_query("")) continue;
    SCOPED_TRACE(operation.method + " " + operation.path);
    const auto where = target(operation);
    expect_code(staff.get(where + "?surprise=1"), 400, "invalid_request");
    if (operation.has_query("limit")) {
      expect_code(staff.get(where + "?limit=0"), 422, "validation_failed");
      expect_code(staff.get(where + "?limit=many"), 400, "invalid_request");
    }
    if (operation.tells_of("invalid_cursor")) {
      expect_code(staff.get(where + "?cursor=%21%21"), 400, "invalid_cursor");
    }
    if (operation.tells_of("invalid_range")) {
      expect_code(staff.get(where + "?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"), 422,
                  "invalid_range");
    }
  }
}

TEST_F(BadInput, EveryOperationThatNeedsAKeyOrAVersionSaysSo) {
  auto staff = shop.staff();
  for (const auto& operation : operations(shop.contract)) {
    SCOPED_TRACE(operation.method + " " + operation.path);
    const auto body = operation.has_body() ? std::optional{good_body(operation)} : std::nullopt;
    const auto secret = owned(operation).headers();
    auto with = [&](const std::string& name, const std::string& value) {
      auto fields = secret;
      fields.emplace_back(name, value);
      return staff.request(operation.method, target(operation), body, fields);
    };
    if (operation.has_header("Idempotency-Key")) {
      expect_code(with("Idempotency-Key", "two words"), 400, "idempotency_key_invalid");
    }
    if (operation.has_header("Idempotency-Key", true)) {
      expect_code(staff.request(operation.method, target(operation), body, secret), 400,
                  "idempotency_key_required");
    }
    if (operation.has_header("If-Match")) {
      expect_code(staff.request(operation.method, target(operation), body, secret), 428, "if_match_required");
      expect_code(with("If-Match", "nonsense"), 400, "if_match_invalid");
    }
  }
}

TEST_F(BadInput, QuantitiesCurrenciesAndSkusThatCannotBe) {
  auto me = shop.shopper();
  auto staff = shop.staff();
  const auto add = [&](const Json& items) {
    return me.post(cart.cart("/items"), Json{{"items", items}}, cart.headers());
  };
  for (const int quantity : {0, -1, 1'000'000})
    expect_code(add(Json::array({cup.item(quantity)})), 422, "validation_failed");
  expect_code(add(Json::array({cup.item(10'000), cup.item(1)})), 422, "quantity_out_of_range");
  expect_code(add(Json::array({{{"sku_id", nobody("sku")}, {"quantity", 1}}})), 422, "unknown_sku");
  expect_code(add(Json::array({cup.item(9)})), 409, "insufficient_stock");
  const auto line = cart.cart("/items/" + cup.sku);
  for (const int quantity : {0, 1'000'000})
    expect_code(me.patch(line, Json{{"quantity", quantity}}, cart.headers()), 422, "validation_failed");
  expect_code(me.patch(line, Json{{"quantity", 10}}, cart.headers()), 409, "insufficient_stock");
  expect_code(me.patch(cart.cart("/items/" + nobody("sku")), Json{{"quantity", 1}}, cart.headers()), 404,
              "line_not_found");
  expect_code(me.del(cart.cart("/items/" + nobody("sku")), cart.headers()), 404, "line_not_found");

  const Json dollars{{"amount", 100}, {"currency", "USD"}};
  const Json sku{{"code", "dollars"}, {"price", dollars}};
  const Json product{{"name", "A cup"}, {"category", "cups"}, {"skus", Json::array({sku})}};
  expect_code(staff.post("/v1/admin/products", product), 422, "wrong_currency");
  expect_code(staff.post("/v1/admin/products/batch", Json{{"products", Json::array({product})}}), 422,
              "wrong_currency");
  expect_code(staff.post("/v1/admin/products/" + cup.product + "/skus", sku), 422, "wrong_currency");
  expect_code(staff.patch("/v1/admin/skus/" + cup.sku, Json{{"price", dollars}}, {{"If-Match", "\"1\""}}),
              422, "wrong_currency");
  const auto paid = shop.paid(cup, 1);
  freeze();
  expect_code(
      staff.post(paid.staff("/refunds"), Json{{"amount", dollars}, {"reason", "a scratch"}}, {fresh_key()}),
      422, "wrong_currency");
}

TEST_F(BadInput, AnOrderOfSomebodyElseAndAPaidOrderStayAsTheyAre) {
  auto me = shop.shopper();
  const auto mine = shop.paid(cup, 1);
  freeze();
  const Fields theirs{{"Shopflow-Secret", order.secret}, fresh_key()};
  expect_code(me.get(mine.order(), theirs), 403, "secret_mismatch");
  expect_code(me.get(mine.order(), {{"Shopflow-Secret", "guess"}}), 403, "secret_mismatch");
  expect_code(me.get(mine.order()), 401, "secret_required");
  expect_code(me.post(mine.order("/cancel"), {}, theirs), 403, "secret_mismatch");
  expect_code(me.get(mine.order(), {{"Shopflow-Secret", cart.secret}}), 403, "secret_mismatch");
  expect_code(shop.pay(mine), 409, "order_already_paid");
  expect_code(shop.staff().post(mine.staff("/mark-paid"), {}, {fresh_key()}), 409, "order_already_paid");
}

TEST_F(BadInput, ADeletedSkuCannotBeBought) {
  auto me = shop.shopper();
  const auto old = shop.article(3);
  const auto filled = shop.cart_with(old, 1);
  EXPECT_EQ(shop.staff().del("/v1/admin/skus/" + old.sku).status, 204);
  freeze();
  const auto other = shop.cart();
  expect_code(me.post(other.cart("/items"), old.items(1), other.headers()), 422, "sku_not_for_sale");
  expect_code(me.patch(filled.cart("/items/" + old.sku), Json{{"quantity", 2}}, filled.headers()), 422,
              "sku_not_for_sale");
  expect_code(me.post(filled.cart("/checkout"), checkout_body(), filled.with_key()), 422, "sku_not_for_sale");
}

}  // namespace
}  // namespace shopflow::testing
