#include "payments/sandbox_books.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <chrono>
#include <string>

namespace shopflow::payments::sandbox {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kProcessing{2000};
const Timestamp kStart{std::chrono::seconds{1'800'000'000}};

Intent intent(PaymentState state = PaymentState::requires_payment_method) {
  const auto payment = PaymentId::make(kStart);
  return {.ref = ref_of(payment),
          .payment_id = payment,
          .order_id = OrderId::make(kStart),
          .state = state,
          .amount = {1000, Currency::parse("EUR").value()}};
}

Books books_of(const Intent& one, Timestamp now = kStart) {
  Books books{now, kProcessing};
  books.load(one);
  return books;
}

TEST(SandboxBooks, ARefusedCommandChangesNothing) {
  const auto one = intent(PaymentState::canceled);
  auto books = books_of(one);
  EXPECT_FALSE(books.apply(Confirm{one.payment_id, one.ref, "pm_card_visa"}));
  EXPECT_FALSE(books.apply(Confirm{one.payment_id, one.ref, "pm_card_wood"}));
  EXPECT_FALSE(books.apply(Refund{RefundId::make(kStart), one.ref, one.amount}));
  EXPECT_FALSE(books.apply(Authenticate{one.payment_id, true}));
  EXPECT_TRUE(books.changed().empty());
  EXPECT_TRUE(books.webhooks().empty());
}

TEST(SandboxBooks, CommandsOfOneBatchSeeEachOther) {
  const auto one = intent();
  auto books = books_of(one);
  EXPECT_EQ(books.apply(Confirm{one.payment_id, one.ref, "pm_card_visa"})->intent.state,
            PaymentState::succeeded);
  EXPECT_EQ(books.apply(Cancel{one.payment_id, one.ref})->intent.state, PaymentState::succeeded);
  const auto refund = RefundId::make(kStart);
  EXPECT_TRUE(books.apply(Refund{refund, one.ref, one.amount}));
  EXPECT_TRUE(books.apply(Refund{refund, one.ref, one.amount}));
  EXPECT_FALSE(books.apply(Refund{RefundId::make(kStart), one.ref, {1, one.amount.currency}}));
  EXPECT_EQ(books.new_refunds().size(), 1U);
  EXPECT_EQ(books.webhooks().size(), 1U);
}

TEST(SandboxBooks, TellWithWhatWasTriedLast) {
  const auto one = intent();
  auto books = books_of(one);
  const auto refused = books.apply(Confirm{one.payment_id, one.ref, "pm_card_chargeDeclined"});
  ASSERT_TRUE(refused);
  EXPECT_EQ(snapshot_of(refused->intent).method, "pm_card_chargeDeclined");
  EXPECT_EQ(snapshot_of(refused->intent).error_code, "card_declined");
  const auto tried_again = books.apply(Confirm{one.payment_id, one.ref, "pm_card_authenticationRequired"});
  ASSERT_TRUE(tried_again);
  EXPECT_EQ(snapshot_of(tried_again->intent).state, PaymentState::requires_action);
  EXPECT_EQ(snapshot_of(tried_again->intent).method, "pm_card_authenticationRequired");
  EXPECT_EQ(snapshot_of(tried_again->intent).error_code, std::nullopt);
}

TEST(SandboxBooks, ABankDebitSettlesNotBeforeItsTime) {
  auto one = intent(PaymentState::processing);
  one.method = "pm_usBankAccount_success";
  one.settles_at = kStart + kProcessing;
  auto early = books_of(one, kStart + kProcessing - milliseconds{1});
  EXPECT_EQ(early.apply(Settle{{one.ref}})->settled, 0U);
  auto due = books_of(one, kStart + kProcessing);
  EXPECT_EQ(due.apply(Settle{{one.ref, "pi_gone"}})->settled, 1U);
  EXPECT_EQ(due.changed().at(0)->state, PaymentState::succeeded);
  EXPECT_FALSE(due.changed().at(0)->settles_at);
}

TEST(SandboxBooks, AMethodThatWasForgottenDoesNotStayDue) {
  auto one = intent(PaymentState::processing);
  one.method = "pm_of_an_older_version";
  one.settles_at = kStart;
  auto books = books_of(one);
  EXPECT_EQ(books.apply(Settle{{one.ref}})->settled, 1U);
  EXPECT_EQ(books.changed().at(0)->error_code, "processing_error");
}

RC_GTEST_PROP(SandboxBooks, WhateverComesMoneyIsConservedAndFinalStatesStay, ()) {
  constexpr std::array methods{"pm_card_visa",
                               "pm_card_chargeDeclined",
                               "pm_card_threeDSecure2Required",
                               "pm_usBankAccount_success",
                               "pm_sepaDebit_failed",
                               "pm_nonsense"};
  auto now = kStart;
  auto present = intent();
  const auto repeated = RefundId::make(kStart);
  std::map<RefundId, Refunded> refunds;
  for (const int choice : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12))) {
    now += milliseconds{900};
    Books books{now, kProcessing};
    books.load(present);
    for (const auto& [id, refund] : refunds) books.load(id, refund);
    const auto number = static_cast<std::size_t>(choice);
    Command command = Settle{{present.ref}};
    if (number < methods.size()) command = Confirm{present.payment_id, present.ref, methods[number]};
    if (choice == 6) command = Cancel{present.payment_id, present.ref};
    if (choice == 7) command = Authenticate{present.payment_id, true};
    if (choice == 8) command = Authenticate{present.payment_id, false};
    if (choice == 9) command = Refund{repeated, present.ref, {400, present.amount.currency}};
    if (choice == 10) command = Refund{RefundId::make(now), present.ref, {300, present.amount.currency}};
    (void)books.apply(command);
    const auto changed = books.changed();
    const auto before = present;
    if (!changed.empty()) present = *changed.front();
    for (const auto& [id, refund] : books.new_refunds()) refunds.emplace(id, refund);

    std::int64_t given_back = 0;
    for (const auto& [id, refund] : refunds) given_back += refund.amount;
    RC_ASSERT(present.refunded == given_back);
    RC_ASSERT(given_back <= (present.state == PaymentState::succeeded ? present.amount.amount : 0));
    RC_ASSERT(!is_final(before.state) || present.state == before.state);
    RC_ASSERT(before.state == present.state || supersedes(before.state, present.state));
    RC_ASSERT(before.state == present.state || books.webhooks().size() == 1U);
    RC_ASSERT(!present.settles_at || present.state == PaymentState::processing);
  }
}

}  // namespace
}  // namespace shopflow::payments::sandbox
