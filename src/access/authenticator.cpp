#include "shopflow/access/authenticator.hpp"

#include <sodium.h>

#include <cstring>

#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/http/codes.hpp"

namespace shopflow::access {
namespace {

http::Caller caller_of(const AdminKey& key) { return {key.id, key.role, key.name}; }

}  // namespace

std::size_t KeyAuthenticator::HashOfHash::operator()(const KeyHash& hash) const {
  // The bytes are uniform already and an attacker can't choose them.
  std::size_t value = 0;
  std::memcpy(&value, hash.data(), sizeof value);
  return value;
}

const KeyAuthenticator::Entry* KeyAuthenticator::find_fresh(const Cache& cache, const KeyHash& hash) const {
  const auto found = cache.find(hash);
  if (found == cache.end() || found->second.until <= clock_.now()) return nullptr;
  if (sodium_memcmp(found->second.hash.data(), hash.data(), hash.size()) != 0) return nullptr;
  return &found->second;
}

void KeyAuthenticator::remember(Cache& cache, const KeyHash& hash, std::optional<AdminKey> key) {
  const auto now = clock_.now();
  if (cache.size() >= kKeysCachedMax) {
    std::erase_if(cache, [now](const auto& entry) { return entry.second.until <= now; });
  }
  if (cache.size() >= kKeysCachedMax) cache.clear();
  cache.insert_or_assign(hash, Entry{hash, std::move(key), now + kKeyCached});
}

boost::asio::awaitable<Result<http::Caller>> KeyAuthenticator::authenticate(std::string_view token) {
  const auto hash = hash_key(token);
  if (!hash) co_return fail(http::codes::key_unknown);
  {
    const std::lock_guard lock{mutex_};
    if (const auto* entry = find_fresh(known_, *hash)) co_return caller_of(*entry->key);
    if (find_fresh(unknown_, *hash) != nullptr) co_return fail(http::codes::key_unknown);
  }
  const auto query = [wanted = *hash](db::Transaction& tx) { return find_key(tx, wanted); };
  auto key = co_await pool_.read(query);
  const std::lock_guard lock{mutex_};
  remember(key ? known_ : unknown_, *hash, key);
  if (!key) co_return fail(http::codes::key_unknown);
  co_return caller_of(*key);
}

void KeyAuthenticator::forget() {
  const std::lock_guard lock{mutex_};
  known_.clear();
  unknown_.clear();
}

}  // namespace shopflow::access
