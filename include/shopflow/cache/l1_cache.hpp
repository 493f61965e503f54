#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace shopflow::cache {

struct L1Stats {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t evictions = 0;
  std::size_t entries = 0;
};

/// Values in this process: bounded, split into shards with a lock each. A full shard makes room by the clock
/// algorithm: a hand goes round and takes the first entry that was not read since it last came by, which is
/// nearly the least recently used without a list to keep in order. Time is passed in. Thread-safe.
template <class Key, class Value>
class L1Cache {
 public:
  using Handle = std::shared_ptr<const Value>;
  using Time = std::chrono::steady_clock::time_point;

  /// Holds up to `entries_max` values, shared out evenly among the shards.
  explicit L1Cache(std::size_t entries_max) : shard_max_{std::max<std::size_t>(entries_max / kShards, 1)} {}

  /// The value if it was stored at most `age_max` ago, else nullptr.
  [[nodiscard]] Handle find(const Key& key, Time now, std::chrono::milliseconds age_max) {
    auto& shard = shard_of(key);
    const std::lock_guard lock{shard.mutex};
    const auto found = shard.index.find(key);
    if (found == shard.index.end() || now - shard.entries[found->second].stored > age_max) {
      ++shard.stats.misses;
      return nullptr;
    }
    auto& entry = shard.entries[found->second];
    entry.used = true;
    ++shard.stats.hits;
    return entry.value;
  }

  void store(const Key& key, Handle value, Time now) {
    auto& shard = shard_of(key);
    const std::lock_guard lock{shard.mutex};
    const auto found = shard.index.find(key);
    if (found != shard.index.end()) {
      auto& entry = shard.entries[found->second];
      entry.value = std::move(value);
      entry.stored = now;
    } else if (shard.entries.size() < shard_max_) {
      shard.index.emplace(key, shard.entries.size());
      shard.entries.push_back({key, std::move(value), now, false});
    } else {
      const auto slot = make_room(shard);
      shard.index.erase(shard.entries[slot].key);
      shard.index.emplace(key, slot);
      shard.entries[slot] = {key, std::move(value), now, false};
    }
  }

  void erase(const Key& key) {
    auto& shard = shard_of(key);
    const std::lock_guard lock{shard.mutex};
    const auto found = shard.index.find(key);
    if (found == shard.index.end()) return;
    const auto slot = found->second;
    shard.index.erase(found);
    if (slot + 1 != shard.entries.size()) {
      shard.entries[slot] = std::move(shard.entries.back());
      shard.index[shard.entries[slot].key] = slot;
    }
    shard.entries.pop_back();
  }

  void clear() {
    for (auto& shard : shards_) {
      const std::lock_guard lock{shard.mutex};
      shard.index.clear();
      shard.entries.clear();
    }
  }

  [[nodiscard]] L1Stats stats() const {
    L1Stats sum;
    for (const auto& shard : shards_) {
      const std::lock_guard lock{shard.mutex};
      sum.hits += shard.stats.hits;
      sum.misses += shard.stats.misses;
      sum.evictions += shard.stats.evictions;
      sum.entries += shard.entries.size();
    }
    return sum;
  }

 private:
  static constexpr std::size_t kShards = 16;
  struct Entry {
    Key key;
    Handle value;
    Time stored;
    bool used;
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::unordered_map<Key, std::size_t> index;
    std::vector<Entry> entries;
    std::size_t hand = 0;
    L1Stats stats;
  };

  Shard& shard_of(const Key& key) {
    // The map inside of the shard uses the low bits; the shard is chosen by mixed ones.
    const auto mixed = std::hash<Key>{}(key) * 0x9E3779B97F4A7C15ULL;
    return shards_[mixed >> 60U];
  }

  static std::size_t make_room(Shard& shard) {
    ++shard.stats.evictions;
    for (;;) {
      shard.hand = (shard.hand + 1) % shard.entries.size();
      auto& entry = shard.entries[shard.hand];
      if (!entry.used) return shard.hand;
      entry.used = false;
    }
  }

  std::size_t shard_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace shopflow::cache
