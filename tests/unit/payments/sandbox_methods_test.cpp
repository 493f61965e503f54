#include "payments/sandbox_methods.hpp"

#include <gtest/gtest.h>

#include <string>

namespace shopflow::payments::sandbox {
namespace {

TEST(SandboxMethods, AreStripesNames) {
  EXPECT_EQ(find_method("pm_card_visa")->behaviour, Behaviour::pays);
  EXPECT_EQ(find_method("pm_card_mastercard")->failure, nullptr);
  EXPECT_EQ(find_method("pm_card_threeDSecure2Required")->behaviour, Behaviour::demands_action);
  EXPECT_EQ(find_method("pm_usBankAccount_processing")->behaviour, Behaviour::lingers);
  EXPECT_EQ(find_method("pm_usBankAccount_insufficientFunds")->failure->published(), "insufficient_funds");
}

TEST(SandboxMethods, OfEuropeanBankDebitsMayNameACountry) {
  EXPECT_EQ(find_method("pm_sepaDebit_success_de"), find_method("pm_sepaDebit_success"));
  EXPECT_EQ(find_method("pm_sepaDebit_failed_at"), find_method("pm_sepaDebit_failed"));
  EXPECT_EQ(find_method("pm_sepaDebit_success_DE"), nullptr);
  EXPECT_EQ(find_method("pm_sepaDebit_success_d"), nullptr);
  EXPECT_EQ(find_method("pm_card_visa_de"), nullptr);
}

TEST(SandboxMethods, OfOtherNamesThereAreNone) {
  for (const auto* name : {"", "pm_", "pm_card_Visa", "pm_card_visa ", "tok_visa", "4242424242424242"}) {
    EXPECT_EQ(find_method(name), nullptr) << name;
  }
  EXPECT_EQ(find_method(std::string(100'000, 'x')), nullptr);
}

TEST(SandboxMethods, FailuresAreFoundByTheCodeThatIsPublished) {
  EXPECT_EQ(find_failure("card_declined")->decline_code, "generic_decline");
  EXPECT_EQ(find_failure("lost_card")->code, "card_declined");
  EXPECT_EQ(find_failure(kNotAuthenticated.published()), &kNotAuthenticated);
  EXPECT_EQ(find_failure("nonsense"), nullptr);
}

}  // namespace
}  // namespace shopflow::payments::sandbox
