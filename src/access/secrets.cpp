#include "shopflow/access/secrets.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>

#include "shopflow/core/base32.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::access {
namespace {

constexpr std::size_t kSecretBytes = 20;

const db::Statement kInsertServerKey{"access.insert_server_key", R"(
INSERT INTO server_keys (name, value, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING
)"};

const db::Statement kReadServerKey{"access.read_server_key", R"(
SELECT value FROM server_keys WHERE name = $1
)"};

void need_sodium() {
  if (sodium_init() < 0) throw std::runtime_error{"libsodium cannot be initialised"};
}

std::string derive(const Secrets::Key& key, std::string_view text) {
  std::array<std::uint8_t, kSecretBytes> out{};
  crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                     key.data(), key.size());
  return base32(out);
}

Result<void> compare(const std::string& expected, std::string_view given) {
  if (given.empty()) return fail(secret_required);
  if (given.size() != expected.size() || sodium_memcmp(given.data(), expected.data(), expected.size()) != 0)
    return fail(secret_mismatch);
  return {};
}

}  // namespace

std::array<std::uint8_t, 32> load_server_key(db::Transaction& tx, std::string_view name, Timestamp now) {
  need_sodium();
  std::array<std::uint8_t, 32> key{};
  std::string fresh(key.size(), '\0');
  randombytes_buf(fresh.data(), fresh.size());
  // Two servers that start at once both try; the second waits for the first and then reads its key.
  tx.exec(kInsertServerKey, name, db::Bytes{fresh}, now);
  const auto stored = tx.exec(kReadServerKey, name)[0].next<db::Bytes>();
  if (stored.value.size() != key.size()) throw std::runtime_error{"the server key has a wrong length"};
  std::ranges::copy(stored.value, key.begin());
  return key;
}

std::string load_signing_secret(db::Transaction& tx, std::string_view name, Timestamp now) {
  return "whsec_" + base32(load_server_key(tx, name, now));
}

Secrets::Secrets(const Key& key) : key_{key} { need_sodium(); }

Secrets Secrets::load(db::Transaction& tx, Timestamp now) {
  return Secrets{load_server_key(tx, "secret_derivation", now)};
}

// The identifier's prefix says whether it is a cart's or an order's, so equal UUIDs have different secrets.
std::string Secrets::for_cart(const CartId& id) const { return derive(key_, id.str()); }
std::string Secrets::for_order(const OrderId& id) const { return derive(key_, id.str()); }

Result<void> Secrets::check(const CartId& id, std::string_view given) const {
  return compare(for_cart(id), given);
}

Result<void> Secrets::check(const OrderId& id, std::string_view given) const {
  return compare(for_order(id), given);
}

}  // namespace shopflow::access
