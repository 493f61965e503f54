#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/ids.hpp"
#include "shopflow/core/money.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/payments/payment_states.hpp"
#include "shopflow/payments/provider.hpp"

/// The sandbox's rules, decided in memory: what each request does to the PaymentIntents that it is about.
namespace shopflow::payments::sandbox {

struct Method;
struct Failure;

/// One PaymentIntent as the sandbox keeps it.
struct Intent {
  std::string ref;
  PaymentId payment_id;
  OrderId order_id;
  PaymentState state = PaymentState::requires_payment_method;
  Money amount;
  std::int64_t refunded = 0;
  std::optional<std::string> method;
  std::optional<std::string> error_code;  // as published
  std::optional<Timestamp> settles_at;    // of one that is processing
};

struct Refunded {
  std::string ref;
  std::int64_t amount = 0;
};

/// One event on its way to the shop's own endpoint.
struct OutgoingWebhook {
  std::string id;
  std::string payload;
};

struct Create {
  PaymentId payment_id;
  OrderId order_id;
  Money amount;
};
struct Confirm {
  PaymentId payment_id;
  std::string ref;
  std::string method;
};
struct Cancel {
  PaymentId payment_id;
  std::string ref;
};
struct Refund {
  RefundId refund_id;
  std::string ref;
  Money amount;
};
/// What the shopper did on the 3-D Secure page.
struct Authenticate {
  PaymentId payment_id;
  bool proven = false;
};
/// The bank has decided about these.
struct Settle {
  std::vector<std::string> refs;
};
using Command = std::variant<Create, Confirm, Cancel, Refund, Authenticate, Settle>;

/// The intent afterwards; of Refund the refund's reference; of Settle how many were settled.
struct Outcome {
  Intent intent;
  std::string refund_ref;
  std::size_t settled = 0;
};

/// The reference of a payment's intent: the payment's own identifier, so that creating twice is one.
[[nodiscard]] std::string ref_of(PaymentId payment);
[[nodiscard]] std::string ref_of(RefundId refund);

/// The intents that a command is about.
[[nodiscard]] std::vector<std::string> refs_of(const Command& command);

/// Where the shopper proves who they are.
[[nodiscard]] std::string authentication_url(PaymentId payment);

/// The event that tells of the state in which the intent is now.
[[nodiscard]] OutgoingWebhook webhook_of(const Intent& intent, Timestamp now);

/// What the intent says to the shop, but for the client secret.
[[nodiscard]] Snapshot snapshot_of(const Intent& intent);

/// The rows that a batch of commands works on, loaded before and written after.
class Books {
 public:
  Books(Timestamp now, std::chrono::milliseconds processing) : now_{now}, processing_{processing} {}

  /// Creates are in the database already when the intents are loaded.
  void load(Intent intent);
  void load(RefundId refund, Refunded entry) { refunds_.emplace(refund, std::move(entry)); }

  /// Decides one command. Fails with provider_refused, illegal_transition, unknown_payment_method or
  /// unknown_payment, and then changes nothing.
  Result<Outcome> apply(const Command& command);

  [[nodiscard]] std::vector<const Intent*> changed() const;
  [[nodiscard]] const std::map<RefundId, Refunded>& new_refunds() const { return new_refunds_; }
  [[nodiscard]] const std::vector<OutgoingWebhook>& webhooks() const { return webhooks_; }

 private:
  struct Entry {
    Intent intent;
    bool changed = false;
  };

  Result<Outcome> decide(const Create& command);
  Result<Outcome> decide(const Confirm& command);
  Result<Outcome> decide(const Cancel& command);
  Result<Outcome> decide(const Refund& command);
  Result<Outcome> decide(const Authenticate& command);
  Result<Outcome> decide(const Settle& command);

  Entry* find(const std::string& ref);
  Result<Entry*> find(const std::string& ref, PaymentId payment);
  Result<Outcome> attempt(Entry& entry, const Method& method);
  Result<Outcome> finish(Entry& entry, const Failure* failure);
  Result<Outcome> move(Entry& entry, PaymentTrigger trigger);

  Timestamp now_;
  std::chrono::milliseconds processing_;
  std::map<std::string, Entry> entries_;
  std::map<RefundId, Refunded> refunds_;
  std::map<RefundId, Refunded> new_refunds_;
  std::vector<OutgoingWebhook> webhooks_;
};

}  // namespace shopflow::payments::sandbox
