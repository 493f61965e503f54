#include <array>
#include <ctime>

#include "http/operations.hpp"
#include "shopflow/core/digits.hpp"
#include "shopflow/payments/signature.hpp"

namespace shopflow::testing {
namespace {

constexpr const char* kSecret = "whsec_of_the_test";

std::string signature(const std::string& body, const std::string& secret,
                      std::time_t time = ::time(nullptr)) {
  const auto text = std::to_string(time);
  return "t=" + text + ",v1=" + to_hex(payments::hmac_sha256(secret, text, ".", body));
}

class Payments : public ::testing::Test {
 protected:
  ~Payments() override {
    EXPECT_TRUE(shop.settles());
    EXPECT_EQ(shop.audit(), "0 differences\n");
  }
  Answer notice(const std::string& body, const std::string& header) {
    Fields fields{{"Content-Type", "application/json"}};
    if (!header.empty()) fields.emplace_back("Stripe-Signature", header);
    return shop.shopper().send("POST", "/v1/webhooks/sandbox", body, fields);
  }
  /// What the provider would send of this payment.
  static std::string event(const Owned& order, const Json& payment, const std::string& status,
                           const std::string& id) {
    const auto amount = payment.at("amount").at("amount");
    return Json{{"id", id},
                {"object", "event"},
                {"type", "payment_intent." + status},
                {"created", 1},
                {"data",
                 {{"object",
                   {{"id", "pi_" + id},
                    {"object", "payment_intent"},
                    {"amount", amount},
                    {"amount_received", status == "succeeded" ? amount : Json(0)},
                    {"currency", "eur"},
                    {"status", status},
                    {"metadata", {{"payment_id", payment.at("id")}, {"order_id", order.id}}}}}}}}
        .dump();
  }

  Shop shop{{{"SHOPFLOW_PAYMENTS_SANDBOX_SECRET", kSecret},
             {"SHOPFLOW_CARRIERS_SECRETS", std::string{"dhl="} + kSecret},
             {"SHOPFLOW_PAYMENTS_SANDBOX_PROCESSING_MS", "50"},
             {"SHOPFLOW_SHIPPING_RATES", "DE:standard=490,DE:free=0"}}};
  Article cup = shop.article(50);
};

TEST_F(Payments, WhatItsSenderSignsIsReadAsItIsDescribed) {
  int tried = 0;
  for (const auto& operation : operations(shop.contract)) {
    const auto header = operation.signature();
    if (header.empty()) continue;
    SCOPED_TRACE(operation.method + " " + operation.path);
    const auto send = [&](const Json& body) {
      const auto text = body.dump();
      const Fields fields{{"Content-Type", "application/json"}, {header, signature(text, kSecret)}};
      return shop.shopper().send(operation.method, operation.target(), text, fields);
    };
    const auto schema = operation.about.at("requestBody").at("content").at("application/json").at("schema");
    const auto& shape =
        shop.contract.document().at(Json::json_pointer{schema.at("$ref").get<std::string>().substr(1)});
    const auto good = good_body(operation);
    EXPECT_NE(send(good).code(), "webhook_malformed");
    for (const auto& name : shape.at("required")) {
      auto less = good;
      less.erase(name.get<std::string>());
      expect_code(send(less), 400, "webhook_malformed");
    }
    auto more = good;
    more["surprise"] = 1;
    const bool closed = shape.value("additionalProperties", true) == false;
    EXPECT_EQ(send(more).code() == "webhook_malformed", closed);
    ++tried;
  }
  EXPECT_EQ(tried, 2);
}

TEST_F(Payments, ADeclinedCardLeavesTheOrderUnpaidAndAnotherPaysIt) {
  const auto order = shop.order(cup, 1);
  const auto declined = shop.pay(order, "pm_card_chargeDeclinedInsufficientFunds");
  EXPECT_EQ(declined.json().at("error"), "insufficient_funds") << declined.body;
  EXPECT_EQ(shop.state_of(order).at("state"), "pending_payment");
  expect_code(shop.pay(order, "pm_card_from_nowhere"), 422, "unknown_payment_method");
  EXPECT_EQ(shop.pay(order).status, 200);
  EXPECT_TRUE(shop.reaches(order, "paid"));
}

TEST_F(Payments, ThreeDSecureIsProvenOrNot) {
  auto me = shop.shopper();
  const auto prove = [&](const Owned& order, const std::string& outcome) {
    const auto payment = shop.pay(order, "pm_card_threeDSecure2Required").json();
    EXPECT_EQ(payment.at("state"), "requires_action");
    return me.post("/v1/sandbox/payments/" + payment.at("id").get<std::string>() + "/authenticate",
                   Json{{"outcome", outcome}});
  };
  const auto proven = shop.order(cup, 1);
  const auto answer = prove(proven, "succeed");
  EXPECT_EQ(answer.json().at("status"), "succeeded") << answer.body;
  EXPECT_TRUE(shop.reaches(proven, "paid"));
  expect_code(
      me.post("/v1/sandbox/payments/" + answer.json().at("payment_id").get<std::string>() + "/authenticate",
              Json{{"outcome", "succeed"}}),
      409, "illegal_transition");
  const auto failed = shop.order(cup, 1);
  EXPECT_EQ(prove(failed, "fail").json().at("status"), "requires_payment_method");
  EXPECT_EQ(shop.state_of(failed).at("state"), "pending_payment");
}

/// What a slow payment is answered; it may be through already when its request is slower still.
void expect_begun(const Answer& answer) {
  EXPECT_EQ(answer.status, 200) << answer.body;
  const auto state = answer.json().at("state");
  EXPECT_TRUE(state == "processing" || state == "succeeded") << answer.body;
}

TEST_F(Payments, ASlowPaymentArrivesByWebhook) {
  const auto order = shop.order(cup, 1);
  expect_begun(shop.pay(order, "pm_usBankAccount_success"));
  EXPECT_TRUE(shop.reaches(order, "paid"));
  const auto lingering = shop.order(cup, 1);
  EXPECT_EQ(shop.pay(lingering, "pm_usBankAccount_processing").json().at("state"), "processing");
  expect_code(shop.pay(lingering), 409, "payment_in_progress");
}

TEST_F(Payments, AWebhookThatIsForgedStaleOrMalformedChangesNothing) {
  const auto order = shop.order(cup, 1);
  const auto payment = shop.pay(order, "pm_usBankAccount_processing").json();
  const auto body = event(order, payment, "succeeded", "evt_1");
  expect_code(notice(body, ""), 400, "signature_malformed");
  expect_code(notice(body, "nonsense"), 400, "signature_malformed");
  expect_code(notice(body, signature(body, "another secret")), 401, "signature_invalid");
  expect_code(notice(body + " ", signature(body, kSecret)), 401, "signature_invalid");
  expect_code(notice(body, signature(body, kSecret, ::time(nullptr) - 3600)), 401, "signature_stale");
  for (const std::string bad : {"{", "[]", "{\"id\":\"evt_2\"}"})
    expect_code(notice(bad, signature(bad, kSecret)), 400, "webhook_malformed");
  EXPECT_EQ(shop.state_of(order).at("state"), "pending_payment");
}

TEST_F(Payments, AWebhookThatComesTwiceOrAgainstTheShopperPaysOnce) {
  const auto order = shop.order(cup, 1);
  const auto payment = shop.pay(order, "pm_usBankAccount_processing").json();
  const auto body = event(order, payment, "succeeded", "evt_1");
  const auto send = [&] { EXPECT_EQ(notice(body, signature(body, kSecret)).status, 200); };
  at_once({send, send, send, [&] { EXPECT_LT(shop.pay(order).status, 500); }});
  EXPECT_TRUE(shop.reaches(order, "paid"));
  ASSERT_TRUE(shop.settles());
  const auto state = shop.state_of(order);
  EXPECT_EQ(state.at("captured").at("amount").get<int>() - state.at("refunded").at("amount").get<int>(),
            state.at("total").at("amount"));
  EXPECT_EQ(shop.server.database().number("SELECT count(*) FROM events WHERE type = 'PaymentReceived'"), 1);
}

TEST_F(Payments, AnInvoiceIsPaidWhenTheStaffSaySo) {
  auto staff = shop.staff("support");
  const auto order = shop.order(cup, 1, "manual");
  EXPECT_EQ(staff.post(order.staff("/mark-paid"), {}, {fresh_key()}).json().at("state"), "paid");
  expect_code(staff.post(order.staff("/mark-paid"), {}, {fresh_key()}), 409, "order_already_paid");
  expect_code(staff.post(shop.order(cup, 1).staff("/mark-paid"), {}, {fresh_key()}), 409,
              "payment_not_manual");
  const auto gone = shop.order(cup, 1, "manual");
  EXPECT_EQ(staff.post(gone.staff("/cancel"), Json{{"reason", "no stock"}}, {fresh_key()}).status, 200);
  expect_code(staff.post(gone.staff("/mark-paid"), {}, {fresh_key()}), 409, "order_is_cancelled");
  expect_code(shop.pay(gone), 409, "order_is_cancelled");
}

TEST_F(Payments, RefundsGoNoFurtherThanWhatCame) {
  auto staff = shop.staff("support");
  const auto order = shop.shipped(cup, 2);
  const auto ask = [&](const Json& body) { return staff.post(order.staff("/refunds"), body, {fresh_key()}); };
  EXPECT_EQ(ask({{"amount", euros(100)}, {"reason", "late"}, {"restock", Json::array({cup.item(1)})}}).status,
            201);
  expect_code(ask({{"amount", euros(1'000'000)}, {"reason", "late"}}), 422, "refund_exceeds_captured");
  expect_code(ask({{"reason", "late"}, {"restock", Json::array({cup.item(2)})}}), 422,
              "restock_exceeds_shipped");
  EXPECT_EQ(ask({{"reason", "all of it"}}).status, 201);
  expect_code(ask({{"reason", "more"}}), 409, "nothing_to_refund");
  ASSERT_TRUE(shop.settles());
  EXPECT_EQ(staff.get(order.staff("/refunds")).json().at("data").size(), 2U);
  EXPECT_EQ(shop.state_of(order).at("payment_status"), "refunded");
  EXPECT_EQ(shop.stock_of(cup).at("on_hand"), 49);
}

TEST_F(Payments, ACheckoutThatCannotBeIsRefused) {
  auto me = shop.shopper();
  const auto try_with = [&](const Owned& cart, const Json& changes) {
    auto body = checkout_body();
    body.update(changes);
    return me.post(cart.cart("/checkout"), body, cart.with_key());
  };
  expect_code(try_with(shop.cart(), Json::object()), 409, "cart_empty");
  const auto cart = shop.cart_with(cup, 1);
  expect_code(try_with(cart, {{"payment_provider", "nobody"}}), 422, "unknown_provider");
  expect_code(try_with(cart, {{"shipping_method", "pigeon"}}), 422, "shipping_not_available");
  expect_code(try_with(cart, {{"email", "nobody"}}), 422, "validation_failed");
  const auto gift = shop.article(3, {{"price", euros(0)}});
  expect_code(try_with(shop.cart_with(gift, 1), {{"shipping_method", "free"}}), 422, "total_zero");
  const auto palace = shop.article(10'000, {{"price", euros(100'000'000)}});
  const auto palaces = shop.cart_with(palace, 10'000);
  EXPECT_EQ(me.get(palaces.cart(), palaces.headers()).json().at("subtotal").at("amount"), 1'000'000'000'000);
  expect_code(try_with(palaces, Json::object()), 422, "total_too_large");
  EXPECT_EQ(try_with(cart, Json::object()).status, 201);
  expect_code(try_with(cart, Json::object()), 409, "cart_checked_out");
  expect_code(me.post(cart.cart("/items"), cup.items(1), cart.headers()), 409, "cart_checked_out");
  expect_code(me.post(cart.cart("/renew"), {}, cart.headers()), 409, "cart_checked_out");
  expect_code(me.del(cart.cart("/items/" + cup.sku), cart.headers()), 409, "cart_checked_out");
}

TEST(SandboxSecret, IsOneThatNobodyKnowsUnlessItIsGiven) {
  Shop shop;
  const auto cup = shop.article(5);
  for (const std::string guess : {"", "whsec_", "sandbox", "whsec_sandbox_for_development_only"}) {
    expect_code(shop.shopper().send(
                    "POST", "/v1/webhooks/sandbox", "{}",
                    {{"Content-Type", "application/json"}, {"Stripe-Signature", signature("{}", guess)}}),
                401, "signature_invalid");
  }
  const auto order = shop.order(cup, 1);
  expect_begun(shop.pay(order, "pm_usBankAccount_success"));
  EXPECT_TRUE(shop.reaches(order, "paid"));
}

}  // namespace
}  // namespace shopflow::testing
