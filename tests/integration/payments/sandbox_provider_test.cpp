#include "shopflow/payments/sandbox_provider.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "support/run.hpp"
#include "support/test_database.hpp"

namespace shopflow::payments {
namespace {

using shopflow::testing::run;
using shopflow::testing::run_all;
using shopflow::testing::TestDatabase;
using Answer = Result<Snapshot>;

class SandboxProviderTest : public ::testing::Test {
 protected:
  SandboxSettings settings() {
    return {.lane = {.name = "sandbox", .connection = database.settings(), .queue_max = 1000},
            .key = "whsec_test"};
  }
  Answer create() { return run(provider.create(payment, order, amount)); }
  Answer confirm(const std::string& method) {
    const auto ref = create()->ref;
    return run(provider.confirm(payment, ref, method));
  }
  std::int64_t webhooks(const std::string& type = "%") {
    return database.number("SELECT count(*) FROM sandbox_webhooks WHERE payload::jsonb->>'type' LIKE '" +
                           type + "'");
  }
  std::string last_webhook(const std::string& path) {
    return database.sql("SELECT payload::jsonb#>>'{" + path +
                        "}' FROM sandbox_webhooks ORDER BY id DESC LIMIT 1");
  }

  const Timestamp start = SystemClock{}.now();
  const PaymentId payment = PaymentId::make(start);
  const OrderId order = OrderId::make(start);
  const Money amount{1999, Currency::parse("EUR").value()};
  TestDatabase database;
  ManualClock clock{start};
  db::Pool pool{{.connection = database.settings(), .connections = 2}};
  SandboxProvider provider{settings(), pool, clock};
};

TEST_F(SandboxProviderTest, CreatingTwiceIsOneIntentWithOneSecret) {
  const auto first = create();
  const auto second = create();
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->ref.starts_with("pi_"));
  EXPECT_TRUE(first->client_secret->starts_with(first->ref + "_secret_"));
  EXPECT_EQ(first->state, PaymentState::requires_payment_method);
  EXPECT_EQ(first->amount, amount);
  EXPECT_EQ(second->ref, first->ref);
  EXPECT_EQ(second->client_secret, first->client_secret);
  EXPECT_EQ(database.number("SELECT count(*) FROM sandbox_intents"), 1);
}

TEST_F(SandboxProviderTest, ForetellsWhatCreatingSays) {
  const auto foretold = provider.foretell(payment, amount);
  const auto created = create();
  ASSERT_TRUE(foretold && created);
  EXPECT_EQ(foretold->ref, created->ref);
  EXPECT_EQ(foretold->client_secret, created->client_secret);
  EXPECT_EQ(foretold->state, created->state);
  EXPECT_EQ(foretold->amount, created->amount);
}

TEST_F(SandboxProviderTest, AnotherAmountOrOrderForAKnownPaymentIsRefused) {
  ASSERT_TRUE(create());
  const Money other{2000, amount.currency};
  EXPECT_EQ(run(provider.create(payment, order, other)).error().code, "provider_refused");
  EXPECT_EQ(run(provider.create(payment, OrderId::make(start), amount)).error().code, "provider_refused");
  EXPECT_EQ(run(provider.create(payment, order, Money{0, amount.currency})).error().code, "provider_refused");
  EXPECT_EQ(run(provider.fetch(payment, create()->ref))->amount, amount);
}

TEST_F(SandboxProviderTest, ManyCreatesAtOnceAreOneIntent) {
  std::vector<boost::asio::awaitable<Answer>> creates;
  for (int i = 0; i < 20; ++i) creates.push_back(provider.create(payment, order, amount));
  for (const auto& answer : run_all(std::move(creates))) EXPECT_TRUE(answer);
  EXPECT_EQ(database.number("SELECT count(*) FROM sandbox_intents"), 1);
}

TEST_F(SandboxProviderTest, ACardPaysAtOnceAndIsToldByOneWebhook) {
  const auto paid = confirm("pm_card_visa");
  ASSERT_TRUE(paid);
  EXPECT_EQ(paid->state, PaymentState::succeeded);
  EXPECT_EQ(paid->captured, 1999);
  EXPECT_FALSE(paid->error_code);
  EXPECT_EQ(webhooks(), 1);
  EXPECT_EQ(last_webhook("type"), "payment_intent.succeeded");
  EXPECT_EQ(last_webhook("data,object,amount_received"), "1999");
  EXPECT_EQ(last_webhook("data,object,currency"), "eur");
  EXPECT_EQ(last_webhook("data,object,metadata,payment_id"), payment.str());
  EXPECT_EQ(last_webhook("data,object,metadata,order_id"), order.str());
}

TEST_F(SandboxProviderTest, ConfirmingAgainChangesNothing) {
  ASSERT_TRUE(confirm("pm_card_visa"));
  EXPECT_EQ(confirm("pm_card_visa")->state, PaymentState::succeeded);
  const auto other = confirm("pm_card_mastercard");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, "illegal_transition");
  EXPECT_EQ(webhooks(), 1);
}

TEST_F(SandboxProviderTest, ADeclineSaysWhyAndAnotherCardMayPay) {
  const auto declined = confirm("pm_card_chargeDeclinedInsufficientFunds");
  ASSERT_TRUE(declined);
  EXPECT_EQ(declined->state, PaymentState::requires_payment_method);
  EXPECT_EQ(declined->error_code, "insufficient_funds");
  EXPECT_EQ(last_webhook("type"), "payment_intent.payment_failed");
  EXPECT_EQ(last_webhook("data,object,last_payment_error,code"), "card_declined");
  EXPECT_EQ(last_webhook("data,object,last_payment_error,decline_code"), "insufficient_funds");
  const auto paid = confirm("pm_card_visa");
  ASSERT_TRUE(paid);
  EXPECT_EQ(paid->state, PaymentState::succeeded);
  EXPECT_FALSE(paid->error_code);
}

TEST_F(SandboxProviderTest, EachDeclineHasItsCode) {
  const std::vector<std::pair<std::string, std::string>> declines{
      {"pm_card_chargeDeclined", "card_declined"},
      {"pm_card_visa_chargeDeclined", "card_declined"},
      {"pm_card_chargeDeclinedExpiredCard", "expired_card"},
      {"pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc"},
      {"pm_card_chargeDeclinedProcessingError", "processing_error"},
      {"pm_card_visa_chargeDeclinedLostCard", "lost_card"}};
  for (const auto& [method, code] : declines) EXPECT_EQ(confirm(method)->error_code, code) << method;
}

TEST_F(SandboxProviderTest, AnUnknownMethodOrReferenceChangesNothing) {
  EXPECT_EQ(confirm("pm_card_wood").error().code, "unknown_payment_method");
  EXPECT_EQ(confirm("").error().code, "unknown_payment_method");
  EXPECT_EQ(run(provider.confirm(payment, "pi_none", "pm_card_visa")).error().code, "provider_refused");
  const auto stranger = PaymentId::make(start);
  EXPECT_EQ(run(provider.confirm(stranger, create()->ref, "pm_card_visa")).error().code, "provider_refused");
  EXPECT_EQ(run(provider.fetch(stranger, create()->ref)).error().code, "provider_refused");
  EXPECT_EQ(create()->state, PaymentState::requires_payment_method);
  EXPECT_EQ(webhooks(), 0);
}

TEST_F(SandboxProviderTest, ThreeDSecureWaitsForTheShopper) {
  const auto asked = confirm("pm_card_threeDSecure2Required");
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->state, PaymentState::requires_action);
  EXPECT_EQ(asked->next_action, "/v1/sandbox/payments/" + payment.str() + "/authenticate");
  EXPECT_EQ(last_webhook("data,object,next_action,redirect_to_url,url"), *asked->next_action);
  EXPECT_EQ(confirm("pm_card_threeDSecure2Required")->state, PaymentState::requires_action);
  EXPECT_EQ(webhooks(), 1);
  const auto proven = run(provider.authenticate(payment, true));
  ASSERT_TRUE(proven);
  EXPECT_EQ(proven->state, PaymentState::succeeded);
  EXPECT_FALSE(proven->next_action);
  EXPECT_EQ(run(provider.authenticate(payment, true)).error().code, "illegal_transition");
  EXPECT_EQ(webhooks("payment_intent.succeeded"), 1);
}

TEST_F(SandboxProviderTest, AFailedAuthenticationIsADecline) {
  ASSERT_TRUE(confirm("pm_card_authenticationRequired"));
  const auto failed = run(provider.authenticate(payment, false));
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->state, PaymentState::requires_payment_method);
  EXPECT_EQ(failed->error_code, "payment_intent_authentication_failure");
  ASSERT_TRUE(confirm("pm_card_threeDSecureRequiredChargeDeclined"));
  EXPECT_EQ(run(provider.authenticate(payment, true))->error_code, "card_declined");
  EXPECT_EQ(run(provider.authenticate(PaymentId::make(start), true)).error().code, "unknown_payment");
}

TEST_F(SandboxProviderTest, ABankDebitIsProcessingUntilTheBankHasDecided) {
  const auto waiting = confirm("pm_usBankAccount_success");
  ASSERT_TRUE(waiting);
  EXPECT_EQ(waiting->state, PaymentState::processing);
  EXPECT_EQ(run(provider.settle_due()), 0U);
  clock.advance(std::chrono::milliseconds{2000});
  EXPECT_EQ(run(provider.settle_due()), 1U);
  EXPECT_EQ(run(provider.settle_due()), 0U);
  EXPECT_EQ(run(provider.fetch(payment, waiting->ref))->state, PaymentState::succeeded);
  EXPECT_EQ(webhooks("payment_intent.processing"), 1);
  EXPECT_EQ(webhooks("payment_intent.succeeded"), 1);
}

TEST_F(SandboxProviderTest, ABankDebitMayFailLater) {
  const auto waiting = confirm("pm_sepaDebit_failed_de");
  ASSERT_TRUE(waiting);
  clock.advance(std::chrono::seconds{3});
  EXPECT_EQ(run(provider.settle_due()), 1U);
  const auto failed = run(provider.fetch(payment, waiting->ref));
  EXPECT_EQ(failed->state, PaymentState::requires_payment_method);
  EXPECT_EQ(failed->error_code, "debit_not_authorized");
}

TEST_F(SandboxProviderTest, ACancelledBankDebitBringsNoMoney) {
  const auto waiting = confirm("pm_usBankAccount_success");
  EXPECT_EQ(run(provider.cancel(payment, waiting->ref))->state, PaymentState::canceled);
  clock.advance(std::chrono::seconds{3});
  EXPECT_EQ(run(provider.settle_due()), 0U);
  EXPECT_EQ(run(provider.fetch(payment, waiting->ref))->state, PaymentState::canceled);
  EXPECT_EQ(confirm("pm_card_visa").error().code, "illegal_transition");
}

TEST_F(SandboxProviderTest, CancellingWhatIsPaidSaysSo) {
  const auto paid = confirm("pm_card_amex");
  EXPECT_EQ(run(provider.cancel(payment, paid->ref))->state, PaymentState::succeeded);
  EXPECT_EQ(webhooks(), 1);
}

TEST_F(SandboxProviderTest, ConfirmAndCancelAtOnceLeaveOneOfThem) {
  const auto ref = create()->ref;
  std::vector<boost::asio::awaitable<Answer>> race;
  for (int i = 0; i < 8; ++i) {
    race.push_back(provider.confirm(payment, ref, "pm_card_visa"));
    race.push_back(provider.cancel(payment, ref));
  }
  run_all(std::move(race));
  EXPECT_EQ(webhooks(), 1);
  EXPECT_TRUE(is_final(run(provider.fetch(payment, ref))->state));
}

TEST_F(SandboxProviderTest, TwoProcessesAtOnceTakeTheMoneyOnce) {
  SandboxProvider twin{settings(), pool, clock};
  std::vector<PaymentId> payments;
  for (int i = 0; i < 50; ++i) payments.push_back(PaymentId::make(start));
  std::vector<boost::asio::awaitable<Answer>> race;
  for (const auto& id : payments) {
    for (auto* one : {&provider, &twin}) race.push_back(one->create(id, order, amount));
  }
  for (const auto& answer : run_all(std::exchange(race, {}))) ASSERT_TRUE(answer);
  for (const auto& id : payments) {
    const auto ref = provider.foretell(id, amount)->ref;
    for (auto* one : {&provider, &twin}) race.push_back(one->confirm(id, ref, "pm_card_visa"));
  }
  for (const auto& answer : run_all(std::move(race))) EXPECT_EQ(answer->state, PaymentState::succeeded);
  EXPECT_EQ(webhooks(), 50);
}

TEST_F(SandboxProviderTest, ARefundRepeatedIsOneAndNeverMoreThanWasPaid) {
  const auto ref = confirm("pm_card_visa")->ref;
  const auto refund = RefundId::make(start);
  const Money half{1000, amount.currency};
  const auto first = run(provider.refund(refund, ref, half));
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->starts_with("re_"));
  EXPECT_EQ(run(provider.refund(refund, ref, half)).value(), *first);
  EXPECT_EQ(run(provider.refund(refund, ref, Money{1, amount.currency})).error().code, "provider_refused");
  EXPECT_EQ(run(provider.refund(RefundId::make(start), ref, half)).error().code, "provider_refused");
  EXPECT_TRUE(run(provider.refund(RefundId::make(start), ref, Money{999, amount.currency})));
  EXPECT_EQ(database.number("SELECT refunded FROM sandbox_intents"), 1999);
  EXPECT_EQ(database.number("SELECT sum(amount) FROM sandbox_refunds"), 1999);
}

TEST_F(SandboxProviderTest, ARefundThatDoesNotFitIsRefused) {
  const auto unpaid = create()->ref;
  const auto refund = RefundId::make(start);
  EXPECT_EQ(run(provider.refund(refund, unpaid, amount)).error().code, "provider_refused");
  const auto ref = confirm("pm_card_visa")->ref;
  for (const auto& wrong : {Money{0, amount.currency}, Money{-5, amount.currency},
                            Money{2000, amount.currency}, Money{5, Currency::parse("USD").value()}}) {
    EXPECT_EQ(run(provider.refund(refund, ref, wrong)).error().code, "provider_refused");
  }
  EXPECT_EQ(run(provider.refund(refund, "pi_none", amount)).error().code, "provider_refused");
  EXPECT_EQ(database.number("SELECT count(*) FROM sandbox_refunds"), 0);
}

TEST_F(SandboxProviderTest, RefundsAtOnceGiveBackNoMoreThanWasPaid) {
  const auto ref = confirm("pm_card_visa")->ref;
  std::vector<boost::asio::awaitable<Result<std::string>>> race;
  const auto repeated = RefundId::make(start);
  const Money part{500, amount.currency};
  for (int i = 0; i < 6; ++i) {
    race.push_back(provider.refund(repeated, ref, part));
    race.push_back(provider.refund(RefundId::make(start), ref, part));
  }
  const auto answers = run_all(std::move(race));
  EXPECT_EQ(database.number("SELECT refunded FROM sandbox_intents"), 1500);
  EXPECT_EQ(database.number("SELECT count(*) FROM sandbox_refunds"), 3);
}

TEST_F(SandboxProviderTest, SurvivesALostDatabaseSession) {
  ASSERT_TRUE(create());
  database.terminate_sessions();
  EXPECT_EQ(confirm("pm_card_visa")->state, PaymentState::succeeded);
}

TEST_F(SandboxProviderTest, ThatHasStoppedIsUnavailable) {
  const auto ref = create()->ref;
  provider.stop();
  EXPECT_EQ(run(provider.create(payment, order, amount)).error().code, "provider_unavailable");
  pool.stop();
  EXPECT_EQ(run(provider.fetch(payment, ref)).error().code, "provider_unavailable");
}

}  // namespace
}  // namespace shopflow::payments
