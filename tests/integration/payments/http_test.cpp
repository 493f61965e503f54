#include <gtest/gtest.h>

#include <array>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "shopflow/http/bind.hpp"
#include "shopflow/http/server.hpp"
#include "shopflow/payments/payments_api.hpp"
#include "shopflow/payments/sandbox_runner.hpp"
#include "shopflow/payments/webhook_poster.hpp"
#include "support/http_client.hpp"
#include "support/run.hpp"
#include "support/test_database.hpp"

namespace shopflow::payments {
namespace {

namespace asio = boost::asio;
using shopflow::testing::Client;
using shopflow::testing::Json;
using shopflow::testing::run;
using shopflow::testing::TestDatabase;

/// Keeps what it is told; refuses the first `refusals` notices. Called on the server's threads.
class Orders final : public PaymentSink {
 public:
  asio::awaitable<Result<void>> record(PaymentNotice notice) override {
    const std::lock_guard lock{mutex_};
    if (refusals > 0) {
      --refusals;
      co_return fail(shopflow::errors::overloaded);
    }
    states_.insert(notice.snapshot.state);
    notices_.insert(notice.notice_id.value_or(""));
    if (notices_.size() == awaited_) arrival_.set_value();
    co_return Result<void>{};
  }
  std::future<void> expect(std::size_t count) {
    const std::lock_guard lock{mutex_};
    awaited_ = count;
    return arrival_.get_future();
  }
  std::size_t count() {
    const std::lock_guard lock{mutex_};
    return notices_.size();
  }
  std::set<PaymentState> states() {
    const std::lock_guard lock{mutex_};
    return states_;
  }
  int refusals = 0;

 private:
  std::mutex mutex_;
  std::set<std::string> notices_;
  std::set<PaymentState> states_;
  std::size_t awaited_ = 0;
  std::promise<void> arrival_;
};

struct Apis {
  PaymentsApi& payments;
  template <class Api>
  Api& get() {
    return payments;
  }
};

constexpr std::array kRoutes{
    http::route<Apis, &PaymentsApi::sandbox_webhook>(http::Method::post, "/v1/webhooks/sandbox",
                                                     http::who::signature, http::Repeat::signed_event,
                                                     "News from the sandbox"),
    http::route<Apis, &PaymentsApi::authenticate>(http::Method::post,
                                                  "/v1/sandbox/payments/{id}/authenticate", http::who::anyone,
                                                  http::Repeat::idempotent, "The bank's page of 3-D Secure")};

class PaymentsHttpTest : public ::testing::Test {
 protected:
  ~PaymentsHttpTest() override {
    server.drain(std::chrono::seconds{5});
    runner.reset();
    server.stop();
    provider.stop();
    pool.stop();
  }
  std::uint16_t started() {
    server.start();
    return server.port();
  }
  void start_runner() {
    auto courier =
        std::make_unique<SandboxCourier>(CourierSettings{.secrets = {"whsec_new", "whsec_old"}}, pool, clock,
                                         make_webhook_poster({.port = [this] { return server.port(); }}));
    runner = std::make_unique<SandboxRunner>(provider, std::move(courier), SandboxRunner::Settings{});
    runner->start();
  }
  PaymentId pay(const std::string& method) {
    const auto payment = PaymentId::make(clock.now());
    const auto order = OrderId::make(clock.now());
    const auto created = run(provider.create(payment, order, Money{100, Currency::parse("EUR").value()}));
    EXPECT_TRUE(run(provider.confirm(payment, created->ref, method)));
    return payment;
  }
  shopflow::testing::Answer webhook(const std::string& body, const std::string& signature) {
    return client.send("POST", "/v1/webhooks/sandbox", body,
                       {{"Content-Type", "application/json"}, {"Stripe-Signature", signature}});
  }

  TestDatabase database;
  SystemClock clock;
  db::Pool pool{{.connection = database.settings(), .connections = 2}};
  SandboxProvider provider{{.lane = {.name = "sandbox", .connection = database.settings(), .queue_max = 1000},
                            .key = "whsec_new",
                            .processing = std::chrono::milliseconds{20}},
                           pool,
                           clock};
  Orders orders;
  PaymentsApi api{&provider, &provider, orders, clock, {.sandbox_secrets = {"whsec_new"}}};
  Apis apis{api};
  http::Server server{kRoutes,
                      apis,
                      {},
                      {.port = 0,
                       .threads = 2,
                       .requests_per_connection_max = 1000,
                       .connections_max = 1000,
                       .connections_per_address_max = 1000,
                       .access_log = false}};
  std::unique_ptr<SandboxRunner> runner;
  Client client{started()};
};

TEST_F(PaymentsHttpTest, EveryOutcomeArrivesAsASignedWebhook) {
  auto arrived = orders.expect(41);
  for (int i = 0; i < 20; ++i) pay("pm_card_visa");
  start_runner();
  for (int i = 0; i < 20; ++i) pay("pm_card_chargeDeclined");
  pay("pm_card_threeDSecure2Required");
  arrived.wait();
  EXPECT_EQ(orders.states(), (std::set{PaymentState::succeeded, PaymentState::requires_payment_method,
                                       PaymentState::requires_action}));
}

TEST_F(PaymentsHttpTest, AWebhookThatCouldNotBeRecordedComesAgain) {
  orders.refusals = 1;
  auto arrived = orders.expect(1);
  start_runner();
  pay("pm_card_visa");
  arrived.wait();
  EXPECT_EQ(orders.count(), 1U);
}

TEST_F(PaymentsHttpTest, AShopperProvesWhoTheyAre) {
  const auto payment = pay("pm_card_threeDSecure2Required");
  const auto path = "/v1/sandbox/payments/" + payment.str() + "/authenticate";
  const auto proven = client.post(path, {{"outcome", "succeed"}});
  EXPECT_EQ(proven.status, 200) << proven.body;
  EXPECT_EQ(proven.json()["status"], "succeeded");
  EXPECT_EQ(proven.json()["payment_id"], payment.str());
  const auto again = client.post(path, {{"outcome", "fail"}});
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "illegal_transition");
}

TEST_F(PaymentsHttpTest, AnAuthenticationThatCanNotBeIsRefused) {
  const auto path = "/v1/sandbox/payments/" + PaymentId::make(clock.now()).str() + "/authenticate";
  EXPECT_EQ(client.post(path, {{"outcome", "succeed"}}).code(), "unknown_payment");
  EXPECT_EQ(client.post(path, {{"outcome", "maybe"}}).status, 422);
  EXPECT_EQ(client.post(path, {{"outcome", "fail"}, {"force", true}}).status, 400);
  EXPECT_EQ(client.post("/v1/sandbox/payments/pay_1/authenticate", {{"outcome", "fail"}}).code(),
            "invalid_id");
}

TEST_F(PaymentsHttpTest, AForgedStaleOrGarbledWebhookChangesNothing) {
  const std::vector<std::string> secrets{"whsec_new"};
  const std::string body = R"({"id":"evt_1","type":"customer.created"})";
  const auto now = clock.now();
  EXPECT_EQ(webhook(body, sign(body, secrets, now)).json(), Json({{"received", true}}));
  EXPECT_EQ(webhook(body, sign(body, std::vector<std::string>{"guess"}, now)).code(), "signature_invalid");
  EXPECT_EQ(webhook(body + "\n", sign(body, secrets, now)).status, 401);
  EXPECT_EQ(webhook(body, sign(body, secrets, now - std::chrono::seconds{400})).code(), "signature_stale");
  EXPECT_EQ(webhook(body, "nonsense").code(), "signature_malformed");
  EXPECT_EQ(client.post("/v1/webhooks/sandbox", Json::object()).status, 400);
  EXPECT_EQ(webhook("{", sign("{", secrets, now)).code(), "webhook_malformed");
  EXPECT_EQ(orders.count(), 0U);
}

TEST_F(PaymentsHttpTest, WithoutTheSandboxItsRoutesSaySo) {
  PaymentsApi without{nullptr, nullptr, orders, clock, {}};
  const http::Request request;
  EXPECT_EQ(run(without.sandbox_webhook(request, {})).error().code, "unknown_provider");
  EXPECT_EQ(run(without.authenticate(request, {})).error().code, "unknown_provider");
}

}  // namespace
}  // namespace shopflow::payments
