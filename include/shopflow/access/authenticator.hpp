#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "shopflow/access/keys.hpp"
#include "shopflow/db/lane.hpp"
#include "shopflow/http/ports.hpp"

namespace shopflow::db {
class Pool;
}

namespace shopflow::access {

inline constexpr std::chrono::seconds kKeyCached{5};
inline constexpr std::size_t kKeysCachedMax = 1'024;  // known ones, and as many unknown ones
/// Keys never seen before that may be looked up at once for addresses that have shown too many unknown ones.
inline constexpr int kSuspectsMax = 16;

/// Tells who holds a key of the admin API. Answers are kept for 5 s, refusals too, so that a busy client or a
/// stupid one costs a query every 5 s and a revoked key works no longer than that, whatever is done to the
/// machine's clock. Keys that were never seen before are looked up by the hundred on a connection of their
/// own, so that whoever draws keys at random takes nothing from the pool; those that were known once go to
/// the pool, so that nobody who draws keys can stand in their way. Thread-safe.
class KeyAuthenticator final : public http::Authenticator {
 public:
  using Steady = std::chrono::steady_clock;
  using Now = std::function<Steady::time_point()>;
  /// `strangers` is where keys that were never seen are looked up; its limits are set here.
  KeyAuthenticator(db::Pool& pool, db::LaneSettings strangers, Now now = &Steady::now);

  /// too_many_requests for a key that was never seen, from a suspect address, while kSuspectsMax such are
  /// looked up; `overloaded` while a thousand others wait.
  [[nodiscard]] boost::asio::awaitable<Result<http::Caller>> authenticate(std::string_view token,
                                                                          bool suspect) override;

  /// From now on every key is looked up anew, for example because one has been revoked here.
  void forget();

  /// Before the pool.
  void stop() { strangers_.stop(); }
  [[nodiscard]] db::LaneStats stats() const { return strangers_.stats(); }

 private:
  using Found = std::optional<AdminKey>;
  struct HashOfHash {
    std::size_t operator()(const KeyHash& hash) const;
  };
  struct Entry {
    KeyHash hash{};
    Found key;
    Steady::time_point until;
  };
  using Cache = std::unordered_map<KeyHash, Entry, HashOfHash>;
  /// What is remembered of a key.
  struct Memory {
    std::optional<Found> fresh;  // as it is, without asking
    bool was_known = false;
    std::uint64_t forgotten = 0;  // how often everything was, by then
  };

  [[nodiscard]] static const Entry* find(const Cache& cache, const KeyHash& hash);
  [[nodiscard]] Memory recall(const KeyHash& hash);
  [[nodiscard]] boost::asio::awaitable<Result<Found>> look_up(KeyHash hash, bool was_known, bool suspect);
  void remember(const KeyHash& hash, const Found& key, std::uint64_t forgotten);
  void put(Cache& cache, const KeyHash& hash, const Found& key);

  db::Pool& pool_;
  const Now now_;
  std::atomic<int> suspects_ = 0;
  std::mutex mutex_;
  Cache known_;    // stays after its time, as what was known once
  Cache unknown_;  // apart, so that a flood of guesses can't push out the keys in use
  std::uint64_t forgotten_ = 0;
  db::Lane<KeyHash, Found> strangers_;
};

}  // namespace shopflow::access
