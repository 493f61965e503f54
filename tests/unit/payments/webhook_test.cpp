#include "shopflow/payments/webhook.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "payments/sandbox_books.hpp"
#include "support/run.hpp"

namespace shopflow::payments {
namespace {

namespace asio = boost::asio;
using shopflow::testing::run;

/// Keeps what it is told, or fails as it is told to.
class Orders final : public PaymentSink {
 public:
  asio::awaitable<Result<void>> record(PaymentNotice notice) override {
    if (failure) co_return fail(*failure);
    notices.push_back(std::move(notice));
    co_return Result<void>{};
  }
  std::vector<PaymentNotice> notices;
  const ErrorCode* failure = nullptr;
};

/// A provider that only answers what the present state is.
class Bank final : public Provider {
 public:
  [[nodiscard]] std::string_view name() const override { return "bank"; }
  asio::awaitable<Result<Snapshot>> create(PaymentId, OrderId, Money) override {
    co_return fail(errors::provider_refused);
  }
  asio::awaitable<Result<Snapshot>> confirm(PaymentId, std::string, std::string) override {
    co_return fail(errors::provider_refused);
  }
  asio::awaitable<Result<Snapshot>> cancel(PaymentId, std::string) override {
    co_return fail(errors::provider_refused);
  }
  asio::awaitable<Result<std::string>> refund(RefundId, std::string, Money) override {
    co_return fail(errors::provider_refused);
  }
  asio::awaitable<Result<Snapshot>> fetch(PaymentId, std::string) override {
    ++asked;
    co_return present;
  }
  Result<Snapshot> present = fail(errors::provider_refused);
  int asked = 0;
};

class StripeReceiverTest : public ::testing::Test {
 protected:
  std::string body(PaymentState state) {
    intent.state = state;
    return sandbox::webhook_of(intent, clock.now()).payload;
  }
  Result<void> receive(const std::string& text, const std::string& header) {
    return run(receiver.receive(header, text));
  }
  Result<void> receive(const std::string& text) { return receive(text, sign(text, secrets, clock.now())); }

  ManualClock clock{SystemClock{}.now()};
  sandbox::Intent intent{.ref = "pi_1",
                         .payment_id = PaymentId::make(clock.now()),
                         .order_id = OrderId::make(clock.now()),
                         .amount = {500, Currency::parse("USD").value()}};
  const std::vector<std::string> secrets{"whsec_new", "whsec_old"};
  Orders orders;
  Bank bank;
  StripeReceiver receiver{secrets, bank, orders, clock};
};

TEST_F(StripeReceiverTest, HandsASignedEventToTheOrders) {
  ASSERT_TRUE(receive(body(PaymentState::succeeded)));
  ASSERT_EQ(orders.notices.size(), 1U);
  EXPECT_EQ(orders.notices[0].payment_id, intent.payment_id);
  EXPECT_EQ(orders.notices[0].provider, "bank");
  EXPECT_EQ(orders.notices[0].snapshot.captured, 500);
  EXPECT_TRUE(orders.notices[0].notice_id);
  EXPECT_EQ(bank.asked, 0);
}

TEST_F(StripeReceiverTest, ARepeatCarriesTheSameNoticeSoThatTheOrdersCanTell) {
  const auto text = body(PaymentState::succeeded);
  ASSERT_TRUE(receive(text));
  ASSERT_TRUE(receive(text));
  ASSERT_EQ(orders.notices.size(), 2U);
  EXPECT_EQ(orders.notices[0].notice_id, orders.notices[1].notice_id);
}

TEST_F(StripeReceiverTest, RefusesWhatIsForgedStaleOrUnsignedAndTellsNobody) {
  const auto text = body(PaymentState::succeeded);
  const auto header = sign(text, secrets, clock.now());
  EXPECT_EQ(run(receiver.receive({}, text)).error().code, "signature_malformed");
  EXPECT_EQ(receive(text, "").error().code, "signature_malformed");
  EXPECT_EQ(receive(text, "v1=abc").error().code, "signature_malformed");
  EXPECT_EQ(receive(text + " ", header).error().code, "signature_invalid");
  EXPECT_EQ(receive(text, sign(text, std::vector<std::string>{"guess"}, clock.now())).error().code,
            "signature_invalid");
  clock.advance(std::chrono::seconds{301});
  EXPECT_EQ(receive(text, header).error().code, "signature_stale");
  EXPECT_TRUE(orders.notices.empty());
}

TEST_F(StripeReceiverTest, ProvesTheSenderBeforeItReadsTheEvent) {
  EXPECT_EQ(receive("garbage", "t=1,v1=" + std::string(64, '0')).error().code, "signature_invalid");
  EXPECT_EQ(receive("garbage").error().code, "webhook_malformed");
}

TEST_F(StripeReceiverTest, AcceptsAndIgnoresEventsOfOtherTypes) {
  EXPECT_TRUE(receive(R"({"id":"evt_1","type":"customer.created"})"));
  EXPECT_TRUE(orders.notices.empty());
}

TEST_F(StripeReceiverTest, AsksForTheRepeatOfWhatCouldNotBeRecorded) {
  for (const auto* failure : {&errors::unknown_payment, &shopflow::errors::overloaded}) {
    orders.failure = failure;
    const auto refused = receive(body(PaymentState::succeeded));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "notice_not_recorded");
    EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
    EXPECT_TRUE(refused.error().retry_after);
  }
}

TEST_F(StripeReceiverTest, RecordsThePresentStateWhenAnEventComesLate) {
  bank.present = Snapshot{.ref = "pi_1", .state = PaymentState::succeeded, .captured = 500};
  ASSERT_TRUE(receive(body(PaymentState::processing)));
  ASSERT_EQ(orders.notices.size(), 1U);
  EXPECT_EQ(orders.notices[0].snapshot.state, PaymentState::succeeded);
  EXPECT_EQ(bank.asked, 1);
}

TEST_F(StripeReceiverTest, KeepsTheEventsWordWhenTheProviderKnowsNoBetter) {
  ASSERT_TRUE(receive(body(PaymentState::processing)));
  ASSERT_EQ(orders.notices.size(), 1U);
  EXPECT_EQ(orders.notices[0].snapshot.state, PaymentState::processing);
}

TEST_F(StripeReceiverTest, WaitsForAProviderThatCanNotBeReached) {
  bank.present = fail(errors::provider_unavailable);
  EXPECT_EQ(receive(body(PaymentState::processing)).error().code, "notice_not_recorded");
  EXPECT_TRUE(orders.notices.empty());
}

TEST_F(StripeReceiverTest, DoesNotOpenWithoutASecret) {
  EXPECT_THROW((StripeReceiver{{}, bank, orders, clock}), std::invalid_argument);
  EXPECT_THROW((StripeReceiver{{"whsec", ""}, bank, orders, clock}), std::invalid_argument);
}

}  // namespace
}  // namespace shopflow::payments
