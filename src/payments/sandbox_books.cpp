#include "payments/sandbox_books.hpp"

#include <fmt/format.h>

#include "payments/sandbox_methods.hpp"

namespace shopflow::payments::sandbox {

std::string ref_of(PaymentId payment) { return "pi_" + encode_uuid(payment.value); }
std::string ref_of(RefundId refund) { return "re_" + encode_uuid(refund.value); }

std::vector<std::string> refs_of(const Command& command) {
  if (const auto* settle = std::get_if<Settle>(&command)) return settle->refs;
  if (const auto* create = std::get_if<Create>(&command)) return {ref_of(create->payment_id)};
  if (const auto* proof = std::get_if<Authenticate>(&command)) return {ref_of(proof->payment_id)};
  if (const auto* confirm = std::get_if<Confirm>(&command)) return {confirm->ref};
  if (const auto* cancel = std::get_if<Cancel>(&command)) return {cancel->ref};
  return {std::get<Refund>(command).ref};
}

void Books::load(Intent intent) {
  auto ref = intent.ref;
  entries_.emplace(std::move(ref), Entry{std::move(intent)});
}

Result<Outcome> Books::apply(const Command& command) {
  return std::visit([this](const auto& one) { return decide(one); }, command);
}

std::vector<const Intent*> Books::changed() const {
  std::vector<const Intent*> intents;
  for (const auto& [ref, entry] : entries_) {
    if (entry.changed) intents.push_back(&entry.intent);
  }
  return intents;
}

Books::Entry* Books::find(const std::string& ref) {
  const auto found = entries_.find(ref);
  return found == entries_.end() ? nullptr : &found->second;
}

Result<Books::Entry*> Books::find(const std::string& ref, PaymentId payment) {
  auto* entry = find(ref);
  if (entry == nullptr || entry->intent.payment_id != payment) {
    return fail(errors::provider_refused, fmt::format("The payment has no PaymentIntent '{}'.", ref));
  }
  return entry;
}

Result<Outcome> Books::decide(const Create& command) {
  const auto found = find(ref_of(command.payment_id), command.payment_id);
  if (!found) return std::unexpected{found.error()};
  const auto& intent = (*found)->intent;
  if (intent.amount != command.amount || intent.order_id != command.order_id) {
    return fail(errors::provider_refused, "The payment is known already, with another order or amount.");
  }
  return Outcome{.intent = intent};
}

Result<Outcome> Books::decide(const Confirm& command) {
  const auto* method = find_method(command.method);
  if (method == nullptr) {
    return fail(errors::unknown_payment_method, fmt::format("There is no '{}'.", command.method));
  }
  const auto found = find(command.ref, command.payment_id);
  if (!found) return std::unexpected{found.error()};
  auto& intent = (*found)->intent;
  using enum PaymentState;
  const bool open = intent.state == requires_payment_method || intent.state == requires_confirmation ||
                    intent.state == requires_action;
  if (!open) {
    // The same attempt repeated, because its answer was lost, is told what has become of it.
    if (intent.method == command.method && intent.state != canceled) return Outcome{.intent = intent};
    return fail(errors::illegal_transition,
                fmt::format("A payment that is '{}' can't be confirmed.", json::name_of(intent.state)));
  }
  if (intent.state == requires_action && intent.method == command.method) return Outcome{.intent = intent};
  intent.method = command.method;
  intent.error_code.reset();
  (*found)->changed = true;
  return attempt(**found, *method);
}

Result<Outcome> Books::attempt(Entry& entry, const Method& method) {
  switch (method.behaviour) {
    case Behaviour::pays:
    case Behaviour::declines:
      return finish(entry, method.failure);
    case Behaviour::demands_action:
      return move(entry, PaymentTrigger::action_demanded);
    case Behaviour::settles:
      entry.intent.settles_at = now_ + processing_;
      break;
    case Behaviour::lingers:
      break;
  }
  return move(entry, PaymentTrigger::accepted);
}

Result<Outcome> Books::finish(Entry& entry, const Failure* failure) {
  if (failure == nullptr) return move(entry, PaymentTrigger::paid);
  entry.intent.error_code = std::string{failure->published()};
  return move(entry, PaymentTrigger::declined);
}

Result<Outcome> Books::move(Entry& entry, PaymentTrigger trigger) {
  const auto line = step(entry.intent.state, trigger);
  if (!line) return std::unexpected{line.error()};
  entry.intent.state = line->to;
  if (line->to != PaymentState::processing) entry.intent.settles_at.reset();
  entry.changed = true;
  webhooks_.push_back(webhook_of(entry.intent, now_));
  return Outcome{.intent = entry.intent};
}

Result<Outcome> Books::decide(const Cancel& command) {
  const auto found = find(command.ref, command.payment_id);
  if (!found) return std::unexpected{found.error()};
  if (is_final((*found)->intent.state)) return Outcome{.intent = (*found)->intent};
  return move(**found, PaymentTrigger::cancelled);
}

Result<Outcome> Books::decide(const Refund& command) {
  auto* entry = find(command.ref);
  if (entry == nullptr) {
    return fail(errors::provider_refused, fmt::format("There is no PaymentIntent '{}'.", command.ref));
  }
  auto& intent = entry->intent;
  if (const auto known = refunds_.find(command.refund_id); known != refunds_.end()) {
    if (known->second.ref == command.ref && known->second.amount == command.amount.amount) {
      return Outcome{.intent = intent, .refund_ref = ref_of(command.refund_id)};
    }
    return fail(errors::provider_refused, "The refund is known already, with another payment or amount.");
  }
  if (intent.state != PaymentState::succeeded) {
    return fail(errors::provider_refused, "Nothing was paid that could be given back.");
  }
  const auto left = intent.amount.amount - intent.refunded;
  const bool fits = command.amount.amount > 0 && command.amount.amount <= left &&
                    command.amount.currency == intent.amount.currency;
  if (!fits) {
    return fail(errors::provider_refused,
                fmt::format("{} {} are left to be given back.", left, intent.amount.currency.str()));
  }
  intent.refunded += command.amount.amount;
  entry->changed = true;
  const Refunded made{command.ref, command.amount.amount};
  refunds_.emplace(command.refund_id, made);
  new_refunds_.emplace(command.refund_id, made);
  return Outcome{.intent = intent, .refund_ref = ref_of(command.refund_id)};
}

Result<Outcome> Books::decide(const Authenticate& command) {
  auto* entry = find(ref_of(command.payment_id));
  if (entry == nullptr) return fail(errors::unknown_payment);
  const auto* method = entry->intent.method ? find_method(*entry->intent.method) : nullptr;
  if (entry->intent.state != PaymentState::requires_action || method == nullptr) {
    return fail(errors::illegal_transition, fmt::format("A payment that is '{}' waits for no authentication.",
                                                        json::name_of(entry->intent.state)));
  }
  return finish(*entry, command.proven ? method->failure : &kNotAuthenticated);
}

Result<Outcome> Books::decide(const Settle& command) {
  Outcome outcome;
  for (const auto& ref : command.refs) {
    auto* entry = find(ref);
    // Another process may have settled it since it was found due, or the shop has cancelled it.
    if (entry == nullptr || !entry->intent.settles_at || *entry->intent.settles_at > now_) continue;
    const auto* method = entry->intent.method ? find_method(*entry->intent.method) : nullptr;
    // A method that this program has forgotten must not stay due for ever.
    const auto* failure = method == nullptr ? find_failure("processing_error") : method->failure;
    if (const auto moved = finish(*entry, failure); moved) ++outcome.settled;
  }
  return outcome;
}

}  // namespace shopflow::payments::sandbox
