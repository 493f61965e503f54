#include "shopflow/payments/sandbox_courier.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "shopflow/payments/sandbox_provider.hpp"
#include "shopflow/payments/signature.hpp"
#include "support/run.hpp"
#include "support/test_database.hpp"

namespace shopflow::payments {
namespace {

namespace asio = boost::asio;
using shopflow::testing::run;
using shopflow::testing::run_all;
using shopflow::testing::TestDatabase;

/// Stands for the shop's endpoint.
class Endpoint {
 public:
  WebhookPoster poster() {
    return [this](std::string signature, std::string body) {
      return answer(std::move(signature), std::move(body));
    };
  }
  Result<int> status = 200;
  bool throws = false;
  std::vector<std::string> bodies;
  std::vector<std::string> signatures;

 private:
  asio::awaitable<Result<int>> answer(std::string signature, std::string body) {
    const auto executor = co_await asio::this_coro::executor;
    auto others = asio::post(executor, asio::use_awaitable);
    co_await std::move(others);
    signatures.push_back(std::move(signature));
    bodies.push_back(std::move(body));
    if (throws) throw std::runtime_error{"connection reset"};
    co_return status;
  }
};

class SandboxCourierTest : public ::testing::Test {
 protected:
  SandboxSettings sandbox() {
    return {.lane = {.name = "sandbox", .connection = database.settings(), .queue_max = 1000},
            .key = "whsec_test"};
  }
  /// Makes so many payments, each of which leaves one webhook.
  void pay(int count) {
    std::vector<asio::awaitable<Result<Snapshot>>> creates;
    std::vector<asio::awaitable<Result<Snapshot>>> confirms;
    const Money amount{100, Currency::parse("EUR").value()};
    for (int i = 0; i < count; ++i) {
      const auto id = PaymentId::make(start);
      creates.push_back(provider.create(id, OrderId::make(start), amount));
      confirms.push_back(provider.confirm(id, provider.foretell(id, amount)->ref, "pm_card_visa"));
    }
    run_all(std::move(creates));
    for (const auto& paid : run_all(std::move(confirms))) ASSERT_TRUE(paid);
  }
  std::int64_t waiting() { return database.number("SELECT count(*) FROM sandbox_webhooks"); }

  const Timestamp start = SystemClock{}.now();
  TestDatabase database;
  ManualClock clock{start};
  db::Pool pool{{.connection = database.settings(), .connections = 2}};
  SandboxProvider provider{sandbox(), pool, clock};
  Endpoint endpoint;
  const std::vector<std::string> secrets{"whsec_new", "whsec_old"};
  SandboxCourier courier{{.secrets = secrets}, pool, clock, endpoint.poster()};
};

TEST_F(SandboxCourierTest, BringsEachWebhookOnceAndForgetsIt) {
  pay(100);
  std::size_t delivered = 0;
  for (auto round = run(courier.deliver_due()); round.leased > 0; round = run(courier.deliver_due())) {
    delivered += round.delivered;
  }
  EXPECT_EQ(delivered, 100U);
  EXPECT_EQ(endpoint.bodies.size(), 100U);
  std::ranges::sort(endpoint.bodies);
  EXPECT_EQ(std::ranges::adjacent_find(endpoint.bodies), endpoint.bodies.end());
  EXPECT_EQ(waiting(), 0);
}

TEST_F(SandboxCourierTest, SignsWhatItSendsWithTheTimeOfSending) {
  pay(1);
  clock.advance(std::chrono::hours{2});
  run(courier.deliver_due());
  ASSERT_EQ(endpoint.bodies.size(), 1U);
  const auto signature = parse_signature(endpoint.signatures[0]);
  ASSERT_TRUE(signature);
  for (const auto& secret : secrets) {
    EXPECT_TRUE(
        verify_signature(*signature, endpoint.bodies[0], std::vector<std::string>{secret}, clock.now()));
  }
}

TEST_F(SandboxCourierTest, RepeatsWithBackoffUntilItIsAnsweredWithSuccess) {
  pay(1);
  endpoint.status = 503;
  EXPECT_EQ(run(courier.deliver_due()).delivered, 0U);
  EXPECT_EQ(run(courier.deliver_due()).leased, 0U);
  clock.advance(std::chrono::milliseconds{1200});
  endpoint.status = fail(errors::provider_unavailable);
  EXPECT_EQ(run(courier.deliver_due()).leased, 1U);
  clock.advance(std::chrono::seconds{3});
  EXPECT_EQ(run(courier.deliver_due()).leased, 0U);
  clock.advance(std::chrono::seconds{2});
  endpoint.throws = true;
  EXPECT_EQ(run(courier.deliver_due()).leased, 1U);
  clock.advance(std::chrono::seconds{20});
  endpoint.throws = false;
  endpoint.status = 204;
  EXPECT_EQ(run(courier.deliver_due()).delivered, 1U);
  EXPECT_EQ(endpoint.bodies.size(), 4U);
  EXPECT_EQ(std::ranges::count(endpoint.bodies, endpoint.bodies[0]), 4);
  EXPECT_EQ(waiting(), 0);
}

TEST_F(SandboxCourierTest, GivesUpAfterTheLastAttemptAndKeepsTheRow) {
  pay(1);
  endpoint.status = 400;
  SandboxCourier impatient{{.secrets = secrets, .attempts_max = 2}, pool, clock, endpoint.poster()};
  EXPECT_EQ(run(impatient.deliver_due()).leased, 1U);
  clock.advance(std::chrono::hours{24});
  EXPECT_EQ(run(impatient.deliver_due()).leased, 1U);
  clock.advance(std::chrono::hours{24});
  EXPECT_EQ(run(impatient.deliver_due()).leased, 0U);
  EXPECT_EQ(
      database.number("SELECT count(*) FROM sandbox_webhooks WHERE next_attempt_at IS NULL AND attempts = 2"),
      1);
}

TEST_F(SandboxCourierTest, TwoCouriersShareTheWork) {
  pay(200);
  SandboxCourier other{{.secrets = secrets}, pool, clock, endpoint.poster()};
  for (int round = 0; round < 4; ++round) {
    std::vector<asio::awaitable<CourierRound>> both;
    both.push_back(courier.deliver_due());
    both.push_back(other.deliver_due());
    run_all(std::move(both));
  }
  EXPECT_EQ(endpoint.bodies.size(), 200U);
  EXPECT_EQ(waiting(), 0);
}

TEST_F(SandboxCourierTest, WhatADeadCourierHeldIsDueWhenItsLeaseEnds) {
  pay(1);
  // As a process leaves it that was killed between the lease and the answer.
  database.sql(
      "UPDATE sandbox_webhooks SET attempts = 1, next_attempt_at = next_attempt_at + interval '30 s'");
  EXPECT_EQ(run(courier.deliver_due()).leased, 0U);
  clock.advance(std::chrono::seconds{30});
  EXPECT_EQ(run(courier.deliver_due()).delivered, 1U);
}

TEST_F(SandboxCourierTest, ACourierThatLostItsLeaseSettlesNothing) {
  pay(1);
  SandboxCourier slow{
      {.secrets = secrets}, pool, clock, [&](std::string, std::string) -> asio::awaitable<Result<int>> {
        clock.advance(std::chrono::seconds{31});
        endpoint.status = 500;
        auto again = courier.deliver_due();
        co_await std::move(again);
        co_return 200;
      }};
  EXPECT_EQ(run(slow.deliver_due()).leased, 1U);
  EXPECT_EQ(waiting(), 1);
  EXPECT_EQ(database.number("SELECT attempts FROM sandbox_webhooks"), 2);
}

TEST_F(SandboxCourierTest, KnowsHowLongNothingIsDue) {
  const std::chrono::milliseconds longest{5000};
  EXPECT_EQ(run(courier.idle_time(longest)), longest);
  pay(1);
  EXPECT_EQ(run(courier.idle_time(longest)), std::chrono::milliseconds{0});
  run(courier.deliver_due());
  EXPECT_EQ(run(courier.idle_time(longest)), longest);
}

}  // namespace
}  // namespace shopflow::payments
