#include <array>
#include <string>

#include "fuzz/target.hpp"
#include "shopflow/payments/signature.hpp"
#include "shopflow/payments/webhook.hpp"

namespace shopflow::fuzz {
namespace {

const std::array<std::string, 2> kSecrets{"whsec_of_this_year_0123456789", "whsec_of_last_year_0123456789"};
constexpr Timestamp kNow{std::chrono::seconds{1'795'000'000}};

/// A body that the sender signed is accepted, and not with anything changed.
void check_signing(std::string_view body) {
  const auto signature = payments::parse_signature(payments::sign(body, kSecrets, kNow));
  require(signature.has_value(), "a signature of our own can be read");
  require(payments::verify_signature(*signature, body, kSecrets, kNow).has_value(), "and is accepted");
  const auto other = std::string{body} + " ";
  require(!payments::verify_signature(*signature, other, kSecrets, kNow), "but not for another body");
  const auto late = kNow + payments::kSignatureTolerance + std::chrono::seconds{1};
  require(!payments::verify_signature(*signature, body, kSecrets, late), "and not for ever");
}

}  // namespace

/// The first line is the header, the rest is the body.
void run_webhook(std::string_view bytes) {
  const auto end = bytes.find('\n');
  const auto header = bytes.substr(0, end);
  const auto body = end == std::string_view::npos ? std::string_view{} : bytes.substr(end + 1);
  if (const auto signature = payments::parse_signature(header)) {
    const auto count = signature->hashes.size();
    require(count >= 1 && count <= payments::kSignaturesMax, "there are from 1 to 16 hashes");
    require(header.find(signature->time_text) != std::string_view::npos, "the time is as it was sent");
    // The bytes know no secret.
    require(!payments::verify_signature(*signature, body, kSecrets, signature->time), "nobody can forge it");
  }
  check_signing(body);
  const auto event = payments::read_stripe_event(body, "stripe");
  if (!event) {
    require(event.error().code == payments::errors::webhook_malformed.code, "what is garbled is called so");
  } else if (*event) {
    require((*event)->provider == "stripe", "an event is its provider's");
    require((*event)->notice_id && !(*event)->notice_id->empty(), "an event has its identifier");
  }
}

}  // namespace shopflow::fuzz
