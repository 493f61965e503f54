#include "http/idempotency.hpp"

#include <sodium.h>

#include <functional>
#include <utility>

#include "http/characters.hpp"
#include "shopflow/core/digits.hpp"
#include "shopflow/http/codes.hpp"
#include "shopflow/http/gate.hpp"

namespace shopflow::http {
namespace {

constexpr std::size_t kKeyBytesMax = 255;
constexpr std::size_t kSecretHashBytes = 16;

const unsigned char* bytes_of(std::string_view text) {
  // libsodium takes unsigned bytes; the representation is the same.
  return reinterpret_cast<const unsigned char*>(text.data());
}

class Hash {
 public:
  explicit Hash(std::size_t size) : size_{size} { crypto_generichash_init(&state_, nullptr, 0, size_); }
  void add(std::string_view text) { crypto_generichash_update(&state_, bytes_of(text), text.size()); }
  void finish(unsigned char* out) { crypto_generichash_final(&state_, out, size_); }

 private:
  crypto_generichash_state state_{};
  std::size_t size_;
};

std::string caller_of(const Request& request) {
  if (request.caller.key) return request.caller.key->str();
  const auto secret = request.secret();
  if (secret.empty()) return "anonymous";
  std::array<unsigned char, kSecretHashBytes> hash{};
  Hash hasher{hash.size()};
  hasher.add(secret);
  hasher.finish(hash.data());
  std::string text = "secret:";
  for (const auto byte : hash) append_hex(text, byte);
  return text;
}

}  // namespace

Result<std::optional<std::string_view>> read_key(const Route& route, const Headers& headers) {
  std::optional<std::string_view> key;
  if (!route.takes_key()) return key;
  for (const auto& [name, value] : headers.fields()) {
    if (!equal_ignoring_case(name, "Idempotency-Key")) continue;
    if (key || value.empty() || value.size() > kKeyBytesMax || !characters::all(value, characters::visible)) {
      return fail(codes::idempotency_key_invalid);
    }
    key = value;
  }
  if (!key && route.repeat == Repeat::key_required) return fail(codes::idempotency_key_required);
  return key;
}

std::string receipt_scope(const Route& route, const Request& request) {
  auto scope = caller_of(request);
  scope.push_back(' ');
  scope += to_string(request.method);
  scope.push_back(' ');
  scope += route.path;
  return scope;
}

db::ReceiptKey make_receipt_key(const Route& route, const Request& request, std::string_view key) {
  db::ReceiptKey made;
  made.scope = receipt_scope(route, request);
  made.key = key;
  Hash hasher{made.fingerprint.size()};
  const std::string_view separator{"\0", 1};
  hasher.add(to_string(request.method));
  hasher.add(separator);
  hasher.add(request.path);
  hasher.add(separator);
  hasher.add(request.body);
  hasher.finish(made.fingerprint.data());
  return made;
}

Result<Response> replay(StoredAnswer stored, const db::ReceiptKey& key) {
  if (stored.fingerprint != key.fingerprint) return fail(codes::idempotency_key_reused);
  Response response;
  response.status = stored.status;
  response.body = std::move(stored.body);
  if (stored.status >= 400) response.content_type = "application/problem+json";
  response.headers.add("Idempotent-Replayed", "true");
  return response;
}

bool InFlight::take(const std::string& name) {
  auto& shard = shard_of(name);
  const std::scoped_lock lock{shard.mutex};
  return shard.names.insert(name).second;
}

void InFlight::release(const std::string& name) {
  auto& shard = shard_of(name);
  const std::scoped_lock lock{shard.mutex};
  shard.names.erase(name);
}

void AnsweredKeys::add(const std::string& name) {
  const auto hash = std::hash<std::string>{}(name);
  hashes_[hash % kSlots].store(hash, std::memory_order_relaxed);
}

bool AnsweredKeys::contains(const std::string& name) const {
  const auto hash = std::hash<std::string>{}(name);
  return hashes_[hash % kSlots].load(std::memory_order_relaxed) == hash;
}

InFlight::Shard& InFlight::shard_of(const std::string& name) {
  return shards_[std::hash<std::string>{}(name) % shards_.size()];
}

}  // namespace shopflow::http
