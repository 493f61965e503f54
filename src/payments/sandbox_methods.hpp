#pragma once

#include <cstdint>
#include <string_view>

/// The payment methods that Stripe offers for tests (https://docs.stripe.com/testing), by which a test or a
/// demonstration chooses what happens.
namespace shopflow::payments::sandbox {

enum class Behaviour : std::uint8_t {
  pays,            // the money comes at once
  declines,        // it is refused at once
  demands_action,  // 3-D Secure first, then pays or declines
  settles,         // a bank debit: processing, then pays or declines
  lingers,         // a bank debit that stays processing
};

/// Why money was refused, as Stripe says it in last_payment_error. `decline_code` is the bank's own reason,
/// empty where there is no bank behind it.
struct Failure {
  std::string_view code;
  std::string_view decline_code;
  std::string_view message;

  /// The one code that the shop shows: the bank's reason where it is particular.
  [[nodiscard]] constexpr std::string_view published() const {
    return decline_code.empty() || decline_code == "generic_decline" ? code : decline_code;
  }
};

struct Method {
  std::string_view name;
  Behaviour behaviour = Behaviour::pays;
  const Failure* failure = nullptr;  // with which it ends; nullptr: it pays
};

/// The method of that name, nullptr if there is none. European bank debits may carry a country
/// (`pm_sepaDebit_success_de`).
[[nodiscard]] const Method* find_method(std::string_view name);

/// The failure that is published under this code, nullptr if no method fails so.
[[nodiscard]] const Failure* find_failure(std::string_view published);

/// The shopper did not prove who they are.
extern const Failure kNotAuthenticated;

}  // namespace shopflow::payments::sandbox
