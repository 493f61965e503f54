#include "shopflow/access/authenticator.hpp"

#include <sodium.h>

#include <cstring>

#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"
#include "shopflow/http/codes.hpp"

namespace shopflow::access {
namespace {

/// A look-up by index takes some microseconds, so that a full queue is done with in some tens of
/// milliseconds.
constexpr std::size_t kBatchMax = 256;
constexpr std::size_t kQueueMax = 1'024;

http::Caller caller_of(const AdminKey& key) { return {key.id, key.role, key.name}; }

db::LaneSettings bounded(db::LaneSettings settings) {
  settings.lanes = 1;
  settings.batch_max = kBatchMax;
  settings.queue_max = kQueueMax;
  return settings;
}

std::vector<Result<std::optional<AdminKey>>> find_all(db::Transaction& tx, db::Batch<KeyHash> hashes) {
  std::vector<Result<std::optional<AdminKey>>> outcomes;
  outcomes.reserve(hashes.size());
  for (auto& key : find_keys(tx, hashes)) outcomes.emplace_back(std::move(key));
  return outcomes;
}

/// Holds one of the places for look-ups on behalf of suspects, if there was one.
class Place {
 public:
  Place(std::atomic<int>& taken, bool needed) : taken_{taken}, needed_{needed} {
    if (needed_ && taken_.fetch_add(1) >= kSuspectsMax) is_there_ = false;
  }
  ~Place() {
    if (needed_) --taken_;
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  [[nodiscard]] bool is_there() const { return is_there_; }

 private:
  std::atomic<int>& taken_;
  bool needed_;
  bool is_there_ = true;
};

}  // namespace

KeyAuthenticator::KeyAuthenticator(db::Pool& pool, db::LaneSettings strangers, Now now)
    : pool_{pool},
      now_{std::move(now)},
      strangers_{bounded(std::move(strangers)), &find_all,
                 // Nothing is written, so that a commit whose answer was lost leaves nothing in doubt.
                 [](db::Transaction&, db::Batch<KeyHash>, auto) { return db::LaneRecovery::committed; }} {}

std::size_t KeyAuthenticator::HashOfHash::operator()(const KeyHash& hash) const {
  // The bytes are uniform already and an attacker can't choose them.
  std::size_t value = 0;
  std::memcpy(&value, hash.data(), sizeof value);
  return value;
}

const KeyAuthenticator::Entry* KeyAuthenticator::find(const Cache& cache, const KeyHash& hash) {
  const auto found = cache.find(hash);
  if (found == cache.end()) return nullptr;
  if (sodium_memcmp(found->second.hash.data(), hash.data(), hash.size()) != 0) return nullptr;
  return &found->second;
}

KeyAuthenticator::Memory KeyAuthenticator::recall(const KeyHash& hash) {
  const auto now = now_();
  const std::lock_guard lock{mutex_};
  Memory memory{.forgotten = forgotten_};
  if (const auto* known = find(known_, hash)) {
    memory.was_known = true;
    if (now < known->until) memory.fresh = known->key;
  } else if (const auto* unknown = find(unknown_, hash); unknown != nullptr && now < unknown->until) {
    memory.fresh.emplace();
  }
  return memory;
}

void KeyAuthenticator::remember(const KeyHash& hash, const Found& key, std::uint64_t forgotten) {
  const std::lock_guard lock{mutex_};
  if (!key) {
    known_.erase(hash);
    put(unknown_, hash, key);
  } else if (forgotten == forgotten_) {
    // Else it may have been revoked after it was read.
    put(known_, hash, key);
  }
}

void KeyAuthenticator::put(Cache& cache, const KeyHash& hash, const Found& key) {
  const auto now = now_();
  if (cache.size() >= kKeysCachedMax) {
    std::erase_if(cache, [now](const auto& entry) { return entry.second.until <= now; });
  }
  if (cache.size() >= kKeysCachedMax) cache.clear();
  cache.insert_or_assign(hash, Entry{hash, key, now + kKeyCached});
}

boost::asio::awaitable<Result<http::Caller>> KeyAuthenticator::authenticate(std::string_view token,
                                                                            bool suspect) {
  const auto hash = hash_key(token);
  if (!hash) co_return fail(http::codes::key_unknown);
  auto memory = recall(*hash);
  if (!memory.fresh) {
    auto looking = look_up(*hash, memory.was_known, suspect);
    auto found = co_await std::move(looking);
    if (!found) co_return std::unexpected{std::move(found).error()};
    remember(*hash, *found, memory.forgotten);
    memory.fresh = std::move(*found);
  }
  const auto& key = *memory.fresh;
  if (!key) co_return fail(http::codes::key_unknown);
  co_return caller_of(*key);
}

boost::asio::awaitable<Result<KeyAuthenticator::Found>> KeyAuthenticator::look_up(KeyHash hash,
                                                                                  bool was_known,
                                                                                  bool suspect) {
  if (was_known) {
    const auto query = [hash](db::Transaction& tx) { return find_key(tx, hash); };
    auto key = co_await pool_.read(query);
    co_return key;
  }
  const Place place{suspects_, suspect};
  if (!place.is_there()) co_return fail(http::codes::too_many_requests);
  auto asking = strangers_.submit(0, hash);
  auto key = co_await std::move(asking);
  co_return key;
}

void KeyAuthenticator::forget() {
  const std::lock_guard lock{mutex_};
  ++forgotten_;
  for (auto& entry : known_) entry.second.until = Steady::time_point::min();
  unknown_.clear();
}

}  // namespace shopflow::access
