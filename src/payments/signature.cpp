#include "shopflow/payments/signature.hpp"

#include <fmt/format.h>
#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/utils.h>

#include <charconv>
#include <optional>

#include "shopflow/core/digits.hpp"

namespace shopflow::payments {
namespace {

constexpr std::size_t kTimeDigitsMax = 11;  // until the year 5138

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::optional<Timestamp> parse_time(std::string_view text) {
  if (text.empty() || text.size() > kTimeDigitsMax) return std::nullopt;
  std::uint64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return Timestamp{std::chrono::seconds{seconds}};
}

std::optional<SignatureHash> parse_hash(std::string_view text) {
  SignatureHash hash{};
  if (text.size() != hash.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    hash[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return hash;
}

std::string_view cut(std::string_view& rest, char at) {
  const auto end = rest.find(at);
  const auto head = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return head;
}

std::unexpected<Error> misshapen(std::string_view why) {
  return fail(errors::signature_malformed,
              fmt::format("The signature has to be t=<Unix seconds>,v1=<64 hex digits>: {}.", why));
}

}  // namespace

Result<Signature> parse_signature(std::string_view header) {
  if (header.empty()) return misshapen("it is missing");
  if (header.size() > kSignatureHeaderBytesMax) return misshapen("it is too long");
  Signature signature;
  while (!header.empty()) {
    auto value = cut(header, ',');
    const auto scheme = cut(value, '=');
    if (scheme == "t") {
      if (!signature.time_text.empty()) return misshapen("there are two times");
      const auto time = parse_time(value);
      if (!time) return misshapen("the time is not a number of seconds");
      signature.time_text = value;
      signature.time = *time;
    } else if (scheme == "v1") {
      const auto hash = parse_hash(value);
      if (!hash) return misshapen("a v1 is not 64 hex digits");
      if (signature.hashes.size() == kSignaturesMax) return misshapen("there are too many signatures");
      signature.hashes.push_back(*hash);
    }
  }
  if (signature.time_text.empty()) return misshapen("there is no time");
  if (signature.hashes.empty()) return misshapen("there is no v1");
  return signature;
}

Result<void> verify_signature(const Signature& signature, std::string_view body,
                              std::span<const std::string> secrets, Timestamp now,
                              std::chrono::seconds tolerance) {
  bool genuine = false;
  for (const auto& secret : secrets) {
    const auto expected = hmac_sha256(secret, signature.time_text, ".", body);
    for (const auto& hash : signature.hashes) {
      // Never left early: how long it takes says nothing about which pair is equal.
      genuine |= sodium_memcmp(expected.data(), hash.data(), expected.size()) == 0;
    }
  }
  if (!genuine) return fail(errors::signature_invalid);
  // The age is told only to whoever knows a secret.
  if (signature.time < now - tolerance || signature.time > now + tolerance) {
    return fail(errors::signature_stale, fmt::format("It was made at {}, more than {} s from now.",
                                                     to_rfc3339(signature.time), tolerance.count()));
  }
  return {};
}

std::string sign(std::string_view body, std::span<const std::string> secrets, Timestamp now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  const auto time = std::to_string(seconds);
  auto header = "t=" + time;
  for (const auto& secret : secrets) header += ",v1=" + to_hex(hmac_sha256(secret, time, ".", body));
  return header;
}

SignatureHash hmac_sha256(std::string_view key, std::string_view first, std::string_view second,
                          std::string_view third) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(first), first.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(second), second.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(third), third.size());
  SignatureHash hash{};
  crypto_auth_hmacsha256_final(&state, hash.data());
  return hash;
}

}  // namespace shopflow::payments
