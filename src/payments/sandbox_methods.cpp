#include "payments/sandbox_methods.hpp"

#include <array>

namespace shopflow::payments::sandbox {

constexpr Failure kNotAuthenticated{"payment_intent_authentication_failure", "",
                                    "The authentication of the payment has failed."};

namespace {

constexpr Failure kDeclined{"card_declined", "generic_decline", "The card was declined."};
constexpr Failure kNoFunds{"card_declined", "insufficient_funds", "The card has insufficient funds."};
constexpr Failure kLost{"card_declined", "lost_card", "The card was declined."};
constexpr Failure kStolen{"card_declined", "stolen_card", "The card was declined."};
constexpr Failure kFraud{"card_declined", "fraudulent", "The card was declined."};
constexpr Failure kVelocity{"card_declined", "card_velocity_exceeded", "The card's limit is used up."};
constexpr Failure kExpired{"expired_card", "expired_card", "The card has expired."};
constexpr Failure kCvc{"incorrect_cvc", "incorrect_cvc", "The card's security code is incorrect."};
constexpr Failure kProcessing{"processing_error", "processing_error", "The card could not be processed."};
constexpr Failure kBankNoFunds{"insufficient_funds", "", "The bank account has insufficient funds."};
constexpr Failure kBankClosed{"account_closed", "", "The bank account is closed."};
constexpr Failure kBankNone{"no_account", "", "There is no such bank account."};
constexpr Failure kBankRefused{"debit_not_authorized", "", "The debit was not authorised."};

constexpr std::array kFailures{
    &kNotAuthenticated, &kDeclined, &kNoFunds,    &kLost,        &kStolen,     &kFraud,    &kVelocity,
    &kExpired,          &kCvc,      &kProcessing, &kBankNoFunds, &kBankClosed, &kBankNone, &kBankRefused};

using enum Behaviour;
constexpr auto kMethods = std::to_array<Method>({
    {"pm_card_visa"},
    {"pm_card_visa_debit"},
    {"pm_card_mastercard"},
    {"pm_card_mastercard_debit"},
    {"pm_card_mastercard_prepaid"},
    {"pm_card_amex"},
    {"pm_card_discover"},
    {"pm_card_diners"},
    {"pm_card_jcb"},
    {"pm_card_unionpay"},
    {"pm_card_us"},
    {"pm_card_de"},
    {"pm_card_fr"},
    {"pm_card_gb"},
    {"pm_card_threeDSecureOptional"},
    {"pm_card_amex_threeDSecureNotSupported"},
    {"pm_card_chargeDeclined", declines, &kDeclined},
    {"pm_card_visa_chargeDeclined", declines, &kDeclined},
    {"pm_card_chargeDeclinedInsufficientFunds", declines, &kNoFunds},
    {"pm_card_visa_chargeDeclinedInsufficientFunds", declines, &kNoFunds},
    {"pm_card_chargeDeclinedLostCard", declines, &kLost},
    {"pm_card_visa_chargeDeclinedLostCard", declines, &kLost},
    {"pm_card_chargeDeclinedStolenCard", declines, &kStolen},
    {"pm_card_visa_chargeDeclinedStolenCard", declines, &kStolen},
    {"pm_card_chargeDeclinedExpiredCard", declines, &kExpired},
    {"pm_card_chargeDeclinedIncorrectCvc", declines, &kCvc},
    {"pm_card_chargeDeclinedProcessingError", declines, &kProcessing},
    {"pm_card_chargeDeclinedFraudulent", declines, &kFraud},
    {"pm_card_visa_chargeDeclinedVelocityLimitExceeded", declines, &kVelocity},
    {"pm_card_chargeCustomerFail", declines, &kDeclined},
    {"pm_card_radarBlock", declines, &kFraud},
    {"pm_card_threeDSecure2Required", demands_action},
    {"pm_card_threeDSecureRequired", demands_action},
    {"pm_card_authenticationRequired", demands_action},
    {"pm_card_authenticationRequiredOnSetup", demands_action},
    {"pm_card_threeDSecureRequiredChargeDeclined", demands_action, &kDeclined},
    {"pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", demands_action, &kNoFunds},
    {"pm_usBankAccount_success", settles},
    {"pm_usBankAccount_insufficientFunds", settles, &kBankNoFunds},
    {"pm_usBankAccount_accountClosed", settles, &kBankClosed},
    {"pm_usBankAccount_noAccount", settles, &kBankNone},
    {"pm_usBankAccount_debitNotAuthorized", settles, &kBankRefused},
    {"pm_usBankAccount_processing", lingers},
    {"pm_sepaDebit_success", settles},
    {"pm_sepaDebit_failed", settles, &kBankRefused},
});

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

std::string_view without_country(std::string_view name) {
  const auto size = name.size();
  const bool tagged = name.starts_with("pm_sepaDebit_") && size > 3 && name[size - 3] == '_' &&
                      is_lower(name[size - 2]) && is_lower(name[size - 1]);
  return tagged ? name.substr(0, size - 3) : name;
}

}  // namespace

const Method* find_method(std::string_view name) {
  name = without_country(name);
  for (const auto& method : kMethods) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

const Failure* find_failure(std::string_view published) {
  for (const auto* failure : kFailures) {
    if (failure->published() == published) return failure;
  }
  return nullptr;
}

}  // namespace shopflow::payments::sandbox
