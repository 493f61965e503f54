#include "shopflow/payments/sandbox_runner.hpp"

#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "support/run.hpp"
#include "support/test_database.hpp"

namespace shopflow::payments {
namespace {

namespace asio = boost::asio;
using shopflow::testing::run;
using shopflow::testing::TestDatabase;

/// Takes the webhooks on the runner's thread; the test waits for the one that it expects.
class Inbox {
 public:
  WebhookPoster poster() {
    return [this](std::string, std::string body) -> asio::awaitable<Result<int>> {
      const std::lock_guard lock{mutex_};
      if (!arrived_ && body.find(awaited_) != std::string::npos) {
        arrived_ = true;
        arrival_.set_value();
      }
      co_return 200;
    };
  }
  /// Ready when a webhook with this text has come.
  std::future<void> expect(std::string text) {
    const std::lock_guard lock{mutex_};
    awaited_ = std::move(text);
    arrived_ = false;
    arrival_ = {};
    return arrival_.get_future();
  }

 private:
  std::mutex mutex_;
  std::string awaited_ = "\n";
  bool arrived_ = false;
  std::promise<void> arrival_;
};

class SandboxRunnerTest : public ::testing::Test {
 protected:
  Result<Snapshot> pay(const std::string& method) {
    const auto payment = PaymentId::make(clock.now());
    const auto order = OrderId::make(clock.now());
    const auto created = run(provider.create(payment, order, Money{100, Currency::parse("EUR").value()}));
    return run(provider.confirm(payment, created->ref, method));
  }

  TestDatabase database;
  SystemClock clock;
  db::Pool pool{{.connection = database.settings(), .connections = 2}};
  SandboxProvider provider{{.lane = {.name = "sandbox", .connection = database.settings(), .queue_max = 1000},
                            .key = "whsec_test",
                            .processing = std::chrono::milliseconds{50}},
                           pool,
                           clock};
  Inbox inbox;
  // Long enough that only a wake-up or a deadline brings anything while the test runs.
  SandboxRunner runner{provider,
                       std::make_unique<SandboxCourier>(CourierSettings{.secrets = {"whsec_test"}}, pool,
                                                        clock, inbox.poster()),
                       {.poll = std::chrono::minutes{5}}};
};

TEST_F(SandboxRunnerTest, BringsAWebhookRightAfterTheCommit) {
  runner.start();
  for (int i = 0; i < 20; ++i) {
    auto arrived = inbox.expect("payment_intent.succeeded");
    ASSERT_TRUE(pay("pm_card_visa"));
    arrived.wait();
  }
}

TEST_F(SandboxRunnerTest, SettlesABankDebitWhenItsTimeHasCome) {
  runner.start();
  auto arrived = inbox.expect("payment_intent.succeeded");
  ASSERT_EQ(pay("pm_usBankAccount_success")->state, PaymentState::processing);
  arrived.wait();
}

TEST_F(SandboxRunnerTest, BringsWhatAKilledProcessLeftBehind) {
  ASSERT_TRUE(pay("pm_card_visa"));
  auto arrived = inbox.expect("payment_intent.succeeded");
  runner.start();
  arrived.wait();
}

TEST_F(SandboxRunnerTest, StopsAtOnceAndLeavesTheRestForLater) {
  runner.start();
  runner.stop();
  runner.stop();
  ASSERT_TRUE(pay("pm_card_visa"));
  EXPECT_EQ(database.number("SELECT count(*) FROM sandbox_webhooks"), 1);
}

TEST_F(SandboxRunnerTest, SurvivesALostDatabaseSession) {
  runner.start();
  database.terminate_sessions();
  auto arrived = inbox.expect("payment_intent.succeeded");
  ASSERT_TRUE(pay("pm_card_visa"));
  arrived.wait();
}

}  // namespace
}  // namespace shopflow::payments
