#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "shopflow/cache/slot_index.hpp"

namespace shopflow::cache {

struct L1Stats {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t evictions = 0;
  std::size_t entries = 0;
};

/// Values in this process: bounded, split into shards with a lock each. Where there is no room left, a shard
/// makes some by the clock algorithm: a hand goes round and takes the first entry that was not read since it
/// last came by, which is nearly the least recently used without a list to keep in order. An entry costs 48
/// bytes of the array and about 16 of its index, beside its value. Time is passed in. Thread-safe.
template <class Key, class Value>
class L1Cache {
 public:
  using Handle = std::shared_ptr<const Value>;
  using Time = std::chrono::steady_clock::time_point;

  /// Holds up to `entries_max` values.
  explicit L1Cache(std::size_t entries_max) : entries_max_{std::max<std::size_t>(entries_max, 1)} {}

  /// The value if it was stored at most `age_max` ago, else nullptr.
  [[nodiscard]] Handle find(const Key& key, Time now, std::chrono::milliseconds age_max) {
    const auto hash = mixed(key);
    auto& shard = shard_of(hash);
    const std::lock_guard lock{shard.mutex};
    const auto slot = shard.find(hash, key);
    if (slot == SlotIndex::kNone || now - shard.entries[slot].stored > age_max) {
      ++shard.stats.misses;
      return nullptr;
    }
    auto& entry = shard.entries[slot];
    entry.used = true;
    ++shard.stats.hits;
    return entry.value;
  }

  /// Makes room for it if there is none.
  void store(const Key& key, Handle value, Time now) {
    const auto hash = mixed(key);
    auto& shard = shard_of(hash);
    const std::lock_guard lock{shard.mutex};
    const auto slot = shard.find(hash, key);
    if (slot != SlotIndex::kNone) {
      shard.entries[slot].value.swap(value);
      shard.entries[slot].stored = now;
    } else if (!add(shard, hash, key, value, now)) {
      replace_one(shard, hash, key, value, now);
    }
  }

  /// Stores what was read at `read`, unless there is something later or no room; says whether it did. A
  /// nullptr takes away what is not later.
  bool renew(const Key& key, Handle value, Time read) {
    const auto hash = mixed(key);
    auto& shard = shard_of(hash);
    const std::lock_guard lock{shard.mutex};
    const auto slot = shard.find(hash, key);
    if (slot == SlotIndex::kNone) return value && add(shard, hash, key, value, read);
    if (shard.entries[slot].stored > read) return false;
    if (value) {
      shard.entries[slot].value.swap(value);
      shard.entries[slot].stored = read;
    } else {
      remove(shard, hash, slot);
    }
    return true;
  }

  void erase(const Key& key) {
    const auto hash = mixed(key);
    auto& shard = shard_of(hash);
    const std::lock_guard lock{shard.mutex};
    const auto slot = shard.find(hash, key);
    if (slot != SlotIndex::kNone) remove(shard, hash, slot);
  }

  void clear() {
    for (auto& shard : shards_) {
      // They are freed when the lock is: that takes milliseconds where there are many.
      std::vector<Entry> entries;
      SlotIndex index;
      const std::lock_guard lock{shard.mutex};
      entries.swap(shard.entries);
      std::swap(index, shard.index);
      count_ -= entries.size();
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
  // So many that a shard of a million grows by copying 16,000 entries at most under its lock.
  static constexpr std::size_t kShardBits = 6;
  struct Entry {
    Key key;
    Handle value;
    Time stored;
    bool used;
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    SlotIndex index;
    std::vector<Entry> entries;
    std::size_t hand = 0;
    L1Stats stats;

    [[nodiscard]] SlotIndex::Slot find(std::uint64_t hash, const Key& key) const {
      return index.find(mark_of(hash), [&](SlotIndex::Slot slot) { return entries[slot].key == key; });
    }
  };

  /// The upper bits choose the shard, the middle ones are the mark in its index.
  static std::uint64_t mixed(const Key& key) { return std::hash<Key>{}(key) * 0x9E3779B97F4A7C15ULL; }
  static std::uint32_t mark_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 20U); }
  Shard& shard_of(std::uint64_t hash) { return shards_[hash >> (64 - kShardBits)]; }

  /// False if there is no room. The limit is that of all shards together, since keys do not spread evenly.
  bool add(Shard& shard, std::uint64_t hash, const Key& key, Handle& value, Time now) {
    if (count_.fetch_add(1) >= entries_max_) {
      --count_;
      return false;
    }
    shard.index.insert(mark_of(hash), static_cast<SlotIndex::Slot>(shard.entries.size()));
    shard.entries.push_back({key, std::move(value), now, false});
    return true;
  }

  /// Does nothing where the others have all the room, as they only can in a cache of a few entries.
  static void replace_one(Shard& shard, std::uint64_t hash, const Key& key, Handle& value, Time now) {
    if (shard.entries.empty()) return;
    ++shard.stats.evictions;
    for (;;) {
      shard.hand = (shard.hand + 1) % shard.entries.size();
      auto& entry = shard.entries[shard.hand];
      if (!std::exchange(entry.used, false)) break;
    }
    const auto slot = static_cast<SlotIndex::Slot>(shard.hand);
    shard.index.erase(mark_of(mixed(shard.entries[slot].key)), slot);
    shard.index.insert(mark_of(hash), slot);
    shard.entries[slot] = {key, std::move(value), now, false};
  }

  void remove(Shard& shard, std::uint64_t hash, SlotIndex::Slot slot) {
    shard.index.erase(mark_of(hash), slot);
    const auto last = static_cast<SlotIndex::Slot>(shard.entries.size() - 1);
    if (slot != last) {
      shard.entries[slot] = std::move(shard.entries[last]);
      shard.index.move(mark_of(mixed(shard.entries[slot].key)), last, slot);
    }
    shard.entries.pop_back();
    --count_;
  }

  std::size_t entries_max_;
  std::atomic<std::size_t> count_{0};
  std::array<Shard, std::size_t{1} << kShardBits> shards_;
};

}  // namespace shopflow::cache
