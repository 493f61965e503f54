#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/core/time.hpp"

/// Stripe's signature scheme (https://docs.stripe.com/webhooks#verify-manually): the header
/// `Stripe-Signature: t=<Unix seconds>,v1=<hex>[,v1=<hex>…]` carries HMAC-SHA256 over `<t>.<raw body>`, once
/// for each secret that is valid while secrets rotate. Everything here is pure and thread-safe.
namespace shopflow::payments {

namespace errors {
inline constexpr ErrorCode signature_malformed{"signature_malformed", ErrorKind::malformed,
                                               "The signature is missing or malformed."};
inline constexpr ErrorCode signature_invalid{"signature_invalid", ErrorKind::unauthenticated,
                                             "The signature is not that of the sender."};
inline constexpr ErrorCode signature_stale{"signature_stale", ErrorKind::unauthenticated,
                                           "The signature is too old, or from the future."};
}  // namespace errors

inline constexpr std::string_view kSignatureHeader = "Stripe-Signature";
inline constexpr std::string_view kSignatureForm =
    "t=<Unix seconds>,v1=<hex>: HMAC-SHA256 over <Unix seconds>.<body> with the secret that both sides know, "
    "made within 300 seconds of now. While secrets rotate, one v1 for each.";
inline constexpr std::chrono::seconds kSignatureTolerance{300};  // before and after now
inline constexpr std::size_t kSignatureHeaderBytesMax = 4096;
inline constexpr std::size_t kSignaturesMax = 16;  // of scheme v1 in one header

/// How the body of a Stripe webhook is signed, for http::Signed.
struct StripeSignature {
  static constexpr std::string_view header = kSignatureHeader;
  static constexpr std::string_view form = kSignatureForm;
};

using SignatureHash = std::array<std::uint8_t, 32>;

/// The header taken apart. `time_text` stays as it was sent, for it is part of what was signed.
struct Signature {
  std::string time_text;
  Timestamp time;
  std::vector<SignatureHash> hashes;  // of scheme v1, at least one
};

/// Takes the header apart; schemes other than v1 are skipped. signature_malformed without exactly one `t` and
/// 1 to 16 `v1` of 64 hex digits.
[[nodiscard]] Result<Signature> parse_signature(std::string_view header);

/// Whether one of the secrets made one of the hashes for this body, and within the tolerance of `now`. Every
/// hash is compared with every secret's in constant time. signature_invalid, or signature_stale for a genuine
/// signature of another time (a replay).
[[nodiscard]] Result<void> verify_signature(const Signature& signature, std::string_view body,
                                            std::span<const std::string> secrets, Timestamp now,
                                            std::chrono::seconds tolerance = kSignatureTolerance);

/// The header for a body that is sent now, with one `v1` for each secret.
[[nodiscard]] std::string sign(std::string_view body, std::span<const std::string> secrets, Timestamp now);

/// HMAC-SHA256 (RFC 2104) with a key of any length.
[[nodiscard]] SignatureHash hmac_sha256(std::string_view key, std::string_view first,
                                        std::string_view second = {}, std::string_view third = {});

}  // namespace shopflow::payments
