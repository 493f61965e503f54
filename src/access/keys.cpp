#include "shopflow/access/keys.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>

#include "shopflow/core/base32.hpp"
#include "shopflow/db/array.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::access {
namespace {

constexpr std::string_view kPrefix = "sfk_";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kKeyLength = kPrefix.size() + (kKeyBytes * 8 + 4) / 5;

// The unique index decides between two requests at once.
const db::Statement kInsert{"access.insert_key", R"(
INSERT INTO api_keys (id, name, role, hash, created_at) VALUES ($1, $2, $3::admin_role, $4, $5)
ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING
)"};

const db::Statement kList{"access.list_keys", R"(
SELECT id, name, role::text, created_at, revoked_at FROM api_keys
WHERE id > $1 ORDER BY id LIMIT $2
)"};

const db::Statement kRevoke{"access.revoke_key", R"(
UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1
)"};

const db::Statement kFind{"access.find_keys", R"(
SELECT wanted.place, k.id, k.name, k.role::text, k.created_at, k.revoked_at
FROM unnest($1::bytea[]) WITH ORDINALITY AS wanted (hash, place)
JOIN api_keys AS k ON k.hash = wanted.hash AND k.revoked_at IS NULL
)"};

AdminKey read_key(db::Row& row) {
  AdminKey key;
  key.id = row.next<KeyId>();
  key.name = row.next<std::string>();
  const auto role = json::value_of<http::Role>(row.next<std::string>());
  if (!role) throw std::logic_error{"unknown role of key " + key.id.str()};
  key.role = *role;
  key.created_at = row.next<Timestamp>();
  key.revoked_at = row.next<std::optional<Timestamp>>();
  return key;
}

bool name_is_valid(std::string_view name) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  return !name.empty() && name.size() <= kKeyNameLengthMax && std::ranges::none_of(name, control) &&
         name.front() != ' ' && name.back() != ' ';
}

std::string bytes_of(const KeyHash& hash) { return {hash.begin(), hash.end()}; }

}  // namespace

std::optional<KeyHash> hash_key(std::string_view clear) {
  if (clear.size() != kKeyLength || !clear.starts_with(kPrefix)) return std::nullopt;
  KeyHash hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(clear.data()),
                     clear.size(), nullptr, 0);
  return hash;
}

Result<NewKey> create_key(db::Transaction& tx, http::Role role, std::string_view name, Timestamp now) {
  if (!name_is_valid(name)) return fail(key_name_invalid);
  if (sodium_init() < 0) throw std::runtime_error{"libsodium cannot be initialised"};
  std::array<std::uint8_t, kKeyBytes> random{};
  randombytes_buf(random.data(), random.size());
  NewKey made{{KeyId::make(now), std::string{name}, role, now, {}}, std::string{kPrefix} + base32(random)};
  const auto hash = hash_key(made.clear).value();
  const auto rows =
      tx.exec(kInsert, made.key.id, made.key.name, json::name_of(role), db::Bytes{bytes_of(hash)}, now);
  if (rows.affected() == 0) return fail(key_name_taken);
  return made;
}

std::vector<AdminKey> list_keys(db::Transaction& tx, std::optional<KeyId> after, std::int32_t count_max) {
  const auto rows = tx.exec(kList, after.value_or(KeyId{}), count_max);
  std::vector<AdminKey> keys;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    keys.push_back(read_key(row));
  }
  return keys;
}

Result<void> revoke_key(db::Transaction& tx, const KeyId& id, Timestamp now) {
  if (tx.exec(kRevoke, id, now).affected() == 0) return fail(key_not_found);
  return {};
}

std::vector<std::optional<AdminKey>> find_keys(db::Transaction& tx, std::span<const KeyHash* const> hashes) {
  db::ByteaArray wanted;
  for (const auto* hash : hashes) wanted.push(bytes_of(*hash));
  std::vector<std::optional<AdminKey>> keys(hashes.size());
  const auto rows = tx.exec(kFind, wanted);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    const auto place = static_cast<std::size_t>(row.next<std::int64_t>()) - 1;
    keys.at(place) = read_key(row);
  }
  return keys;
}

std::optional<AdminKey> find_key(db::Transaction& tx, const KeyHash& hash) {
  const auto* wanted = &hash;
  return find_keys(tx, {&wanted, 1}).front();
}

}  // namespace shopflow::access
