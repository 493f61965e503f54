#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/payments/provider.hpp"
#include "shopflow/payments/signature.hpp"

namespace shopflow::payments {

namespace errors {
inline constexpr ErrorCode webhook_malformed{"webhook_malformed", ErrorKind::malformed,
                                             "The webhook is not an event of the declared form."};
inline constexpr ErrorCode notice_not_recorded{"notice_not_recorded", ErrorKind::unavailable,
                                               "The notice could not be recorded yet; send it again."};
}  // namespace errors

/// Reads an event in Stripe's form (https://docs.stripe.com/api/events). Nothing for events of other types
/// and for PaymentIntents without our metadata, which are for others; webhook_malformed (400) for anything
/// that claims to be ours and can't be read. Pure.
[[nodiscard]] Result<std::optional<PaymentNotice>> read_stripe_event(std::string_view body,
                                                                     std::string_view provider);

/// The endpoint for one provider that speaks as Stripe does: proves the sender, reads the event, and hands it
/// to the orders. Thread-safe; all that it is given must outlive it.
class StripeReceiver {
 public:
  /// `secrets`: those that are valid now, at least one (more while they rotate).
  StripeReceiver(std::vector<std::string> secrets, Provider& provider, PaymentSink& sink, const Clock& clock);

  /// Succeeds once the notice is recorded, or concerns nobody here. signature_malformed, signature_invalid,
  /// signature_stale, webhook_malformed; notice_not_recorded (503) whatever the reason, so that the sender
  /// repeats it. Each failure changes nothing.
  ///
  /// Events come late and out of order, so for one that is not the last word the provider is asked for the
  /// present state, and that is recorded.
  ///
  /// `signature` is the header's value, "" without it. Both have to last until the answer.
  boost::asio::awaitable<Result<void>> receive(std::string_view signature, std::string_view body);

 private:
  boost::asio::awaitable<Result<void>> refresh(PaymentNotice& notice);

  std::vector<std::string> secrets_;
  Provider& provider_;
  PaymentSink& sink_;
  const Clock& clock_;
};

}  // namespace shopflow::payments
