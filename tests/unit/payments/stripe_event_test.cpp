#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "payments/sandbox_books.hpp"
#include "shopflow/payments/webhook.hpp"

namespace shopflow::payments {
namespace {

using Json = nlohmann::json;

const Timestamp kNow = SystemClock{}.now();
const PaymentId kPayment = PaymentId::make(kNow);
const OrderId kOrder = OrderId::make(kNow);

Json event() {
  return {{"id", "evt_1"},
          {"object", "event"},
          {"type", "payment_intent.succeeded"},
          {"created", 1'700'000'000},
          {"livemode", false},
          {"data",
           {{"object",
             {{"id", "pi_1"},
              {"object", "payment_intent"},
              {"amount", 1999},
              {"amount_received", 1999},
              {"currency", "eur"},
              {"status", "succeeded"},
              {"metadata", {{"payment_id", kPayment.str()}, {"order_id", kOrder.str()}}},
              {"last_payment_error", nullptr},
              {"next_action", nullptr},
              {"charges", {{"data", {1, 2.5, "x", nullptr}}}}}}}}};
}

std::string with(const std::string& pointer, const Json& value) {
  auto changed = event();
  changed[Json::json_pointer{pointer}] = value;
  return changed.dump();
}

void expect_malformed(const std::string& body) {
  const auto read = read_stripe_event(body, "stripe");
  ASSERT_FALSE(read) << body;
  EXPECT_EQ(read.error().code, "webhook_malformed") << body;
  EXPECT_EQ(read.error().kind, ErrorKind::malformed);
}

TEST(StripeEvent, IsReadWhateverElseStandsInIt) {
  const auto read = read_stripe_event(event().dump(), "stripe");
  ASSERT_TRUE(read);
  ASSERT_TRUE(*read);
  const auto& notice = **read;
  EXPECT_EQ(notice.payment_id, kPayment);
  EXPECT_EQ(notice.order_id, kOrder);
  EXPECT_EQ(notice.provider, "stripe");
  EXPECT_EQ(notice.notice_id, "evt_1");
  EXPECT_EQ(notice.snapshot.ref, "pi_1");
  EXPECT_EQ(notice.snapshot.state, PaymentState::succeeded);
  EXPECT_EQ(notice.snapshot.amount, (Money{1999, Currency::parse("EUR").value()}));
  EXPECT_EQ(notice.snapshot.captured, 1999);
}

TEST(StripeEvent, OfAnotherTypeOrForAnotherShopIsNoneOfOurs) {
  for (const auto* type : {"charge.refunded", "payment_intent.created", "customer.created", "x"}) {
    const auto read = read_stripe_event(with("/type", type), "stripe");
    ASSERT_TRUE(read) << type;
    EXPECT_FALSE(*read) << type;
  }
  const auto read = read_stripe_event(with("/data/object/metadata", Json::object()), "stripe");
  ASSERT_TRUE(read);
  EXPECT_FALSE(*read);
  EXPECT_TRUE(
      read_stripe_event(R"({"id":"evt_9","type":"account.updated","data":{"object":[1]}})", "stripe"));
}

/// What is told of an attempt that failed so.
payments::Snapshot failed_with(const Json& error) {
  auto failed = event();
  failed["type"] = "payment_intent.payment_failed";
  auto& intent = failed["data"]["object"];
  intent["status"] = "requires_payment_method";
  intent["amount_received"] = 0;
  intent["last_payment_error"] = error;
  return (*read_stripe_event(failed.dump(), "stripe"))->snapshot;
}

TEST(StripeEvent, TellsWhyAnAttemptFailed) {
  const auto code_of = [](const Json& error) { return failed_with(error).error_code; };
  EXPECT_EQ(code_of({{"code", "card_declined"}, {"decline_code", "generic_decline"}}), "card_declined");
  EXPECT_EQ(code_of({{"code", "card_declined"}, {"decline_code", "lost_card"}}), "lost_card");
  EXPECT_EQ(code_of({{"code", "expired_card"}, {"decline_code", nullptr}}), "expired_card");
  EXPECT_EQ(code_of({{"code", ""}}), "unknown");
  EXPECT_EQ(code_of({{"code", "a b"}}), "unknown");
}

TEST(StripeEvent, TellsWithWhatAnAttemptFailed) {
  const auto method_of = [](const Json& method) {
    return failed_with({{"code", "card_declined"}, {"payment_method", method}}).method;
  };
  EXPECT_EQ(method_of({{"id", "pm_1"}, {"object", "payment_method"}}), "pm_1");
  EXPECT_EQ(method_of(nullptr), std::nullopt);
  EXPECT_EQ(method_of({{"id", "p m"}}), std::nullopt);
}

TEST(StripeEvent, TellsWithWhatIsTried) {
  const auto method_of = [](const Json& method) {
    return (*read_stripe_event(with("/data/object/payment_method", method), "stripe"))->snapshot.method;
  };
  EXPECT_EQ(method_of("pm_2"), "pm_2");
  EXPECT_EQ(method_of(nullptr), std::nullopt);
}

TEST(StripeEvent, TellsWhereTheShopperHasToGo) {
  const auto to = [](const Json& action) {
    return (*read_stripe_event(with("/data/object/next_action", action), "stripe"))->snapshot.next_action;
  };
  EXPECT_EQ(to({{"type", "redirect_to_url"}, {"redirect_to_url", {{"url", "https://bank/3ds"}}}}),
            "https://bank/3ds");
  EXPECT_FALSE(to({{"type", "use_stripe_sdk"}, {"use_stripe_sdk", Json::object()}}));
}

TEST(StripeEvent, ThatCanNotBeReadIsMalformed) {
  for (const std::string body :
       {"", "null", "[]", "{}", "{", "\xff", R"({"id":"evt_1"})", R"({"type":"x"})",
        R"({"id":"","type":"x"})", R"({"id":1,"type":"x"})", R"({"id":"evt_1","id":"evt_2","type":"x"})",
        R"({"id":"evt 1","type":"x"})", R"({"id":"evt_1","type":"payment_intent.succeeded"})"}) {
    expect_malformed(body);
  }
  expect_malformed(std::string(300'000, '['));
  expect_malformed(with("/id", std::string(256, 'e')));
}

TEST(StripeEvent, WithAMemberThatCanNotBeIsMalformed) {
  const std::vector<std::pair<std::string, Json>> wrong{
      {"/data", nullptr},
      {"/data", Json::array()},
      {"/data/object/amount", -1},
      {"/data/object/amount", 1998},
      {"/data/object/amount", "1999"},
      {"/data/object/amount", 19.99},
      {"/data/object/amount", 9'000'000'000'000'000},
      {"/data/object/amount_received", -1},
      {"/data/object/currency", "EUR"},
      {"/data/object/currency", "euro"},
      {"/data/object/currency", 978},
      {"/data/object/status", "paid"},
      {"/data/object/status", 1},
      {"/data/object/id", ""},
      {"/data/object/id", "pi 1"},
      {"/data/object/metadata", "x"},
      {"/data/object/metadata/payment_id", 1},
      {"/data/object/metadata/payment_id", "pay_1"},
      {"/data/object/metadata/payment_id", kOrder.str()},
      {"/data/object/metadata/order_id", "'; DROP TABLE orders"},
      {"/data/object/last_payment_error", "declined"},
      {"/data/object/next_action", {{"type", "redirect_to_url"}, {"redirect_to_url", {{"url", ""}}}}},
  };
  for (const auto& [pointer, value] : wrong) expect_malformed(with(pointer, value));
  auto half = event();
  half["data"]["object"]["metadata"].erase("order_id");
  expect_malformed(half.dump());
}

TEST(StripeEvent, AsTheSandboxWritesItIsReadBack) {
  sandbox::Intent intent{.ref = "pi_1",
                         .payment_id = kPayment,
                         .order_id = kOrder,
                         .amount = {500, Currency::parse("USD").value()},
                         .method = "pm_1"};
  for (const auto& [state, name] : json::Names<PaymentState>::values) {
    if (state == PaymentState::requires_confirmation) continue;
    intent.state = state;
    intent.error_code.reset();
    if (state == PaymentState::requires_payment_method) intent.error_code = "insufficient_funds";
    const auto webhook = sandbox::webhook_of(intent, kNow);
    const auto read = read_stripe_event(webhook.payload, "sandbox");
    ASSERT_TRUE(read && *read) << name;
    const auto expected = sandbox::snapshot_of(intent);
    const auto& got = (*read)->snapshot;
    EXPECT_EQ((*read)->notice_id, webhook.id);
    EXPECT_EQ(got.state, expected.state);
    EXPECT_EQ(got.amount, expected.amount);
    EXPECT_EQ(got.method, expected.method);
    EXPECT_EQ(got.captured, expected.captured);
    EXPECT_EQ(got.error_code, expected.error_code);
    EXPECT_EQ(got.next_action, expected.next_action);
  }
}

}  // namespace
}  // namespace shopflow::payments
