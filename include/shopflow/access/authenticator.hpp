#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "shopflow/access/keys.hpp"
#include "shopflow/http/ports.hpp"

namespace shopflow::db {
class Pool;
}

namespace shopflow::access {

inline constexpr std::chrono::seconds kKeyCached{5};
inline constexpr std::size_t kKeysCachedMax = 1'024;  // known ones, and as many unknown ones

/// Tells who holds a key of the admin API. Answers are kept for 5 s, refusals too, so that a busy client or a
/// stupid one costs a query every 5 s and a revoked key works no longer than that. Thread-safe.
class KeyAuthenticator final : public http::Authenticator {
 public:
  KeyAuthenticator(db::Pool& pool, const Clock& clock) : pool_{pool}, clock_{clock} {}

  [[nodiscard]] boost::asio::awaitable<Result<http::Caller>> authenticate(std::string_view token) override;

  /// Forgets what is cached, for example because a key has been revoked here.
  void forget();

 private:
  struct HashOfHash {
    std::size_t operator()(const KeyHash& hash) const;
  };
  struct Entry {
    KeyHash hash;
    std::optional<AdminKey> key;
    Timestamp until;
  };
  using Cache = std::unordered_map<KeyHash, Entry, HashOfHash>;

  [[nodiscard]] const Entry* find_fresh(const Cache& cache, const KeyHash& hash) const;
  void remember(Cache& cache, const KeyHash& hash, std::optional<AdminKey> key);

  db::Pool& pool_;
  const Clock& clock_;
  std::mutex mutex_;
  Cache known_;
  Cache unknown_;  // apart, so that a flood of guesses can't push out the keys in use
};

}  // namespace shopflow::access
