#include "shopflow/payments/manual_provider.hpp"

#include <gtest/gtest.h>

#include "support/run.hpp"

namespace shopflow::payments {
namespace {

using shopflow::testing::run;

class ManualProviderTest : public ::testing::Test {
 protected:
  const Timestamp now = SystemClock{}.now();
  const PaymentId payment = PaymentId::make(now);
  const OrderId order = OrderId::make(now);
  const Money amount{1999, Currency::parse("EUR").value()};
  ManualProvider provider;
};

TEST_F(ManualProviderTest, ANewPaymentWaitsForTheShopAndHasNoSecret) {
  const auto created = run(provider.create(payment, order, amount));
  ASSERT_TRUE(created);
  EXPECT_EQ(created->state, PaymentState::requires_confirmation);
  EXPECT_EQ(created->amount, amount);
  EXPECT_EQ(created->captured, 0);
  EXPECT_FALSE(created->client_secret);
  EXPECT_EQ(run(provider.create(payment, order, amount))->ref, created->ref);
}

TEST_F(ManualProviderTest, NoShopperConfirmsAnInvoice) {
  const auto created = run(provider.create(payment, order, amount));
  const auto refused = run(provider.confirm(payment, created->ref, "pm_card_visa"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "unknown_payment_method");
}

TEST_F(ManualProviderTest, KnowsTheAmountOfWhatItCancelsOrIsAskedAbout) {
  const auto ref = run(provider.create(payment, order, amount))->ref;
  const auto canceled = run(provider.cancel(payment, ref));
  ASSERT_TRUE(canceled);
  EXPECT_EQ(canceled->state, PaymentState::canceled);
  EXPECT_EQ(canceled->amount, amount);
  EXPECT_EQ(run(provider.fetch(payment, ref))->state, PaymentState::requires_confirmation);
}

TEST_F(ManualProviderTest, RefusesAReferenceThatItDidNotGive) {
  const auto ref = run(provider.create(payment, order, amount))->ref;
  for (const auto& wrong :
       {std::string{}, std::string{"manual_"}, ref.substr(0, ref.size() - 1), ref + "X", "pi_" + ref}) {
    EXPECT_EQ(run(provider.fetch(payment, wrong)).error().code, "provider_refused") << wrong;
  }
  EXPECT_EQ(run(provider.fetch(PaymentId::make(now), ref)).error().code, "provider_refused");
}

TEST_F(ManualProviderTest, ARefundIsNamedByItsKey) {
  const auto refund = RefundId::make(now);
  EXPECT_EQ(run(provider.refund(refund, "manual_x", amount)).value(), "manual_" + refund.str());
}

}  // namespace
}  // namespace shopflow::payments
