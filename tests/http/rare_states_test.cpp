#include <stdexcept>

#include "http/operations.hpp"
#include "shopflow/access/secrets.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/db/connection.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::testing {
namespace {

/// States that take a month, a mistake or another configuration to come about: they are put into the
/// database.
class RareStates : public ::testing::Test {
 protected:
  void sql(const std::string& text) { (void)shop.server.database().sql(text); }
  [[nodiscard]] static std::string uuid_of(const std::string& id) {
    return "'" + to_hyphenated(decode_uuid(id.substr(id.find('_') + 1)).value()) + "'";
  }
  /// A webhook has the shop look at the payment once more, and then it finds out by itself what changed
  /// there.
  [[nodiscard]] bool webhooks_came() {
    return until(
        [this] { return shop.server.database().number("SELECT count(*) FROM sandbox_webhooks") == 0; });
  }
  /// An order whose one attempt to pay was declined, with nothing under way.
  [[nodiscard]] Owned declined_order() {
    const auto order = shop.order(cup, 1);
    EXPECT_EQ(shop.pay(order, "pm_card_chargeDeclined").status, 200);
    if (!webhooks_came()) throw std::runtime_error{"webhooks of the declined payment are still under way"};
    return order;
  }
  /// A cart that was made so long ago, with the secret that was given to its shopper.
  [[nodiscard]] Owned cart_of(std::chrono::days ago) {
    const auto now = SystemClock{}.now();
    const auto id = CartId::make(now - ago);
    db::Connection connection{shop.server.database().settings()};
    std::string secret;
    connection.transact([&](db::Transaction& tx) { secret = access::Secrets::load(tx, now).for_cart(id); });
    return {id.str(), secret};
  }
  /// Every operation on this cart, each answered so.
  void every_cart_operation(const Owned& cart, int status, const std::string& code) {
    int tried = 0;
    for (const auto& operation : operations(shop.contract)) {
      if (!operation.path.starts_with("/v1/carts/{id}")) continue;
      SCOPED_TRACE(operation.method + " " + operation.path);
      const auto body = operation.has_body() ? std::optional{good_body(operation)} : std::nullopt;
      expect_code(
          shop.shopper().request(operation.method, operation.target_of(cart, cup.sku), body, cart.with_key()),
          status, code);
      ++tried;
    }
    EXPECT_EQ(tried, 6);
  }

  /// An order of which the provider does not say that its payment is closed stays open, whoever asks.
  void nobody_cancels(const Owned& order, const std::string& code) {
    expect_code(shop.shopper().post(order.order("/cancel"), {}, order.with_key()), 422, code);
    expect_code(shop.staff().post(order.staff("/cancel"), Json{{"reason", "late"}}, {fresh_key()}), 422,
                code);
  }

  Shop shop;
  Article cup = shop.article(50);
};

TEST_F(RareStates, ACartThatWasLeftAloneForAMonthTakesNothingMore) {
  const auto cart = shop.cart_with(cup, 1);
  sql("UPDATE carts SET updated_at = updated_at - interval '31 days', version = version + 1 WHERE id = " +
      uuid_of(cart.id));
  every_cart_operation(cart, 409, "cart_expired");
}

TEST_F(RareStates, ACartThatWasClearedAwayIsNotThere) {
  const auto cart = cart_of(std::chrono::days{31});
  every_cart_operation(cart, 404, "cart_not_found");
}

TEST_F(RareStates, ACartTakesAThousandLinesAndNotOneMore) {
  std::vector<Json> skus;
  for (int i = 0; i < 1'001; ++i)
    skus.push_back({{"code", "L" + std::to_string(i)}, {"price", euros(100)}, {"initial_stock", 1}});
  Json products = Json::array();
  for (std::size_t from = 0; from < skus.size(); from += 100) {
    const Json some(
        std::vector<Json>(skus.begin() + static_cast<std::ptrdiff_t>(from),
                          skus.begin() + static_cast<std::ptrdiff_t>(std::min(from + 100, skus.size()))));
    products.push_back({{"name", "A shelf"}, {"category", "cups"}, {"skus", some}});
  }
  const auto made = shop.staff().post("/v1/admin/products/batch", Json{{"products", products}});
  ASSERT_EQ(made.status, 201) << made.body.substr(0, 300);
  Json items = Json::array();
  for (const auto& product : made.json().at("products"))
    for (const auto& sku : product.at("skus")) items.push_back({{"sku_id", sku.at("id")}, {"quantity", 1}});
  ASSERT_EQ(items.size(), 1'001U);
  const Json last = Json::array({items.back()});
  items.erase(items.end() - 1);
  const auto cart = shop.cart();
  auto me = shop.shopper();
  EXPECT_EQ(me.post(cart.cart("/items"), Json{{"items", items}}, cart.headers()).status, 200);
  expect_code(me.post(cart.cart("/items"), Json{{"items", last}}, cart.headers()), 422, "too_many_lines");
  EXPECT_EQ(
      shop.staff().get("/v1/admin/stock/" + last.at(0).at("sku_id").get<std::string>()).json().at("held"), 0);
  EXPECT_EQ(me.get(cart.cart(), cart.headers()).json().at("lines").size(), 1'000U);
}

TEST_F(RareStates, AKeyWithWhichACartIsMadeMustNotBeGuessable) {
  expect_code(shop.shopper().post("/v1/carts", Json::object(), {{"Idempotency-Key", "1"}}), 422,
              "idempotency_key_weak");
}

TEST_F(RareStates, ACartThatIsCheckedOutKeepsItsLines) {
  const auto cart = shop.cart_with(cup, 1);
  auto me = shop.shopper();
  EXPECT_EQ(me.post(cart.cart("/checkout"), checkout_body(), cart.with_key()).status, 201);
  expect_code(me.patch(cart.cart("/items/" + cup.sku), Json{{"quantity", 2}}, cart.headers()), 409,
              "cart_checked_out");
}

TEST_F(RareStates, AnOrderThatIsArchivedIsNotThereForItsShopper) {
  const auto order = shop.order(cup, 1);
  auto me = shop.shopper();
  EXPECT_EQ(me.get(order.order(), order.headers()).json().at("state"), "pending_payment");
  ASSERT_TRUE(shop.settles());
  sql("DELETE FROM payments WHERE order_id = " + uuid_of(order.id));
  sql("DELETE FROM events WHERE aggregate_id = " + uuid_of(order.id));
  sql("DELETE FROM orders WHERE id = " + uuid_of(order.id));
  expect_code(me.get(order.order(), order.headers()), 404, "order_not_found");
  expect_code(me.get(order.order("/timeline"), order.headers()), 404, "order_not_found");
  expect_code(shop.pay(order), 404, "order_not_found");
  expect_code(me.post(order.order("/cancel"), {}, order.with_key()), 404, "order_not_found");
}

TEST_F(RareStates, AProviderThatIsNotOnOfferAnyMoreIsUnavailable) {
  const auto order = shop.order(cup, 1);
  const auto cart = shop.cart_with(cup, 1);
  Shop other{{{"SHOPFLOW_PAYMENTS_PROVIDERS", "manual"}}, shop.server.shared_database()};
  expect_code(other.pay(order), 503, "provider_unavailable");
  expect_code(other.shopper().post(order.order("/cancel"), {}, order.with_key()), 503,
              "provider_unavailable");
  expect_code(other.staff().post(order.staff("/cancel"), Json{{"reason", "late"}}, {fresh_key()}), 503,
              "provider_unavailable");
  expect_code(other.shopper().post("/v1/sandbox/payments/" + nobody("pay") + "/authenticate",
                                   Json{{"outcome", "succeed"}}),
              422, "unknown_provider");
  expect_code(other.shopper().post("/v1/webhooks/sandbox", Json::object()), 422, "unknown_provider");
  EXPECT_EQ(shop.state_of(order).at("state"), "pending_payment");
  EXPECT_EQ(shop.pay(order).status, 200);
  EXPECT_TRUE(shop.reaches(order, "paid"));
  ASSERT_TRUE(shop.settles());
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

TEST_F(RareStates, AProviderThatKnowsThePaymentOtherwiseRefuses) {
  const auto order = declined_order();
  sql("UPDATE sandbox_intents SET payment_id = order_id");
  expect_code(shop.pay(order), 422, "provider_refused");
  nobody_cancels(order, "provider_refused");
  EXPECT_EQ(shop.state_of(order).at("state"), "pending_payment");
}

TEST_F(RareStates, AProviderThatSpeaksOfAnotherAmountIsNotBelieved) {
  const auto order = declined_order();
  sql("UPDATE sandbox_intents SET amount = amount + 1");
  expect_code(shop.pay(order, "pm_card_chargeDeclined"), 422, "payment_amount_mismatch");
  nobody_cancels(order, "payment_amount_mismatch");
  EXPECT_EQ(shop.state_of(order).at("state"), "pending_payment");
}

TEST_F(RareStates, AProviderThatHasGivenThePaymentUpTakesNoOtherMethodForIt) {
  const auto order = declined_order();
  sql("UPDATE sandbox_intents SET state = 'canceled'");
  expect_code(shop.pay(order), 409, "illegal_transition");
  EXPECT_EQ(shop.state_of(order).at("state"), "pending_payment");
}

TEST_F(RareStates, AShopThatChangesItsCurrencySellsNothingAtTheOldPrices) {
  const auto cart = shop.cart_with(cup, 1);
  Shop other{{{"SHOPFLOW_SHOP_CURRENCY", "USD"}}, shop.server.shared_database()};
  expect_code(other.shopper().post(cart.cart("/checkout"), checkout_body(), cart.with_key()), 422,
              "wrong_currency");
}

TEST_F(RareStates, ADeliveryThatFailedForGoodIsReadRetriedAndDropped) {
  ASSERT_TRUE(shop.settles());
  sql("INSERT INTO deliveries (handler, position, aggregate_id, state, attempts, next_attempt_at, "
      "last_error, parked_at) "
      "SELECT handler, position, aggregate_id, 'dead', 25, now(), 'the printer is on fire', now() "
      "FROM events, unnest('{email,analytics}'::text[]) AS handler ORDER BY position LIMIT 2");
  auto admin = shop.staff();
  const auto all = admin.get("/v1/admin/dead-letters?state=dead").json().at("data");
  ASSERT_EQ(all.size(), 2U);
  const auto place = [&](const std::string& handler) {
    return "/v1/admin/dead-letters/" + handler + "/" +
           std::to_string(all.at(0).at("event").at("position").get<int>());
  };
  const auto shown = admin.get(place("email"));
  EXPECT_NE(shown.body.find("the printer is on fire"), std::string::npos) << shown.body;
  EXPECT_EQ(admin.post(place("email") + "/retry").status, 204);
  EXPECT_TRUE(until([&] { return admin.get(place("email")).status == 404; }));
  EXPECT_EQ(admin.del(place("analytics")).status, 204);
  expect_code(admin.del(place("analytics")), 404, "delivery_not_found");
  expect_code(admin.post(place("nobody") + "/retry"), 404, "handler_not_found");
  expect_code(admin.del(place("nobody")), 404, "handler_not_found");
  EXPECT_EQ(admin.get("/v1/admin/dead-letters").json().at("data").size(), 0U);
  ASSERT_TRUE(shop.settles());
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

TEST_F(RareStates, MoreUnitsThanCanBeCountedAreNotReceived) {
  auto staff = shop.staff("catalog");
  EXPECT_EQ(staff.post(cup.stock("/count"), Json{{"on_hand", 1'000'000'000}}).status, 200);
  expect_code(staff.post(cup.stock("/receive"), Json{{"quantity", 1}}), 409, "stock_conflict");
}

TEST_F(RareStates, StaffReadAnnotateAndAreToldWhatIsNotTheirs) {
  auto admin = shop.staff();
  const auto order = shop.paid(cup, 1);
  EXPECT_EQ(admin.put(order.staff("/note"), Json{{"note", "ring twice"}}).json().at("note"), "ring twice");
  EXPECT_GE(admin.get(order.staff("/timeline")).json().at("data").size(), 2U);
  const auto list = "/v1/admin/pick-lists/" + shop.pick_list(order);
  EXPECT_EQ(shop.staff("warehouse").post(list + "/claim").status, 200);
  expect_code(admin.post(list + "/packed"), 409, "claimed_by_other");
  expect_code(admin.get("/v1/admin/events?aggregate_id=nonsense"), 400, "invalid_id");
  // A hundred characters at most are a hundred bytes at most.
  std::string accents;
  for (int i = 0; i < 60; ++i) accents += "\u00e9";
  expect_code(admin.post("/v1/admin/keys", Json{{"role", "analyst"}, {"name", accents}}), 422,
              "key_name_invalid");
}

TEST(RareStatesOfTime, AnOrderWhoseLastUnitSomebodyElseHoldsIsNotPaid) {
  Shop shop{{{"SHOPFLOW_RESERVATIONS_CHECKOUT_S", "1"}}};
  const auto last = shop.article(1);
  const auto late = shop.order(last, 1);
  const auto quick = shop.cart();
  auto me = shop.shopper();
  ASSERT_TRUE(
      until([&] { return me.post(quick.cart("/items"), last.items(1), quick.headers()).status == 200; }));
  expect_code(shop.pay(late), 409, "insufficient_stock");
  EXPECT_EQ(shop.state_of(late).at("state"), "pending_payment");
}

}  // namespace
}  // namespace shopflow::testing
