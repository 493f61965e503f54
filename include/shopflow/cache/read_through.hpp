#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "shopflow/cache/invalidation.hpp"
#include "shopflow/cache/l1_cache.hpp"
#include "shopflow/cache/l2_cache.hpp"

namespace shopflow::cache {

struct ReadThroughSettings {
  std::string name;                            // of the cache, a word, in Redis and in /metrics
  std::size_t entries_max = 10'000;            // in this process
  std::chrono::milliseconds kept{30'000};      // in this process, while announcements of others arrive
  std::chrono::milliseconds kept_deaf{1'000};  // and while they don't
  bool one_fence = false;  // the whole cache is dropped at once (invalidate_all) instead of by key
};

struct ReadThroughStats {
  L1Stats l1;
  std::uint64_t l2_hits = 0;
  std::uint64_t loads = 0;
};

/// How keys and values are written into Redis. `decode` and `parse` give nullopt for anything odd.
template <class Key, class Value>
struct CacheCodec {
  std::function<std::string(const Key&)> name;  // without blanks and line ends
  std::function<std::optional<Key>(std::string_view)> parse;
  std::function<std::string(const Value&)> encode;
  std::function<std::optional<Value>(std::string_view)> decode;
};

/// Reads through the process, Redis and a loader, and fills upwards. One miss of a key at a time: those who
/// ask meanwhile, on whatever thread, wait for it. Nobody who asks after invalidate() has returned gets a
/// value that was read before it:
/// - in the process, invalidate() takes the value away and cuts loose the load that is under way, whose value
///   then reaches those who already wait for it and is kept nowhere;
/// - in Redis, every value carries the fence that was current before it was loaded, and counts only while
/// that
///   fence is. Invalidating deletes the fence, so that a value that is written late is never read. A fence
///   that Redis forgets (eviction, flush, restart) is a miss, never a stale hit; no script and no clock is
///   involved. Until Redis has confirmed, this process does not read the key from there.
/// Other processes drop the key when they hear of it, at the latest after `kept_deaf` if they can't.
/// Thread-safe. Must outlive what it has under way: stop the I/O threads first.
template <class Key, class Value>
class ReadThrough {
 public:
  using Handle = std::shared_ptr<const Value>;
  using Codec = CacheCodec<Key, Value>;
  /// Reads from the system of record; nullopt if there is no such thing, which is not cached.
  using Loader = std::function<boost::asio::awaitable<std::optional<Value>>(Key)>;

  ReadThrough(Invalidation& invalidation, Codec codec, Loader load, ReadThroughSettings settings)
      : invalidation_{invalidation},
        codec_{std::move(codec)},
        load_{std::move(load)},
        settings_{std::move(settings)},
        l1_{settings_.entries_max},
        l2_{invalidation_, settings_.name, settings_.one_fence} {
    invalidation_.attach(settings_.name,
                         {[this](std::string_view name) { hear(name); }, [this] { forget_all(); }});
  }
  ReadThrough(const ReadThrough&) = delete;
  ReadThrough& operator=(const ReadThrough&) = delete;

  /// The value if it is in this process; costs a lock and a look-up.
  [[nodiscard]] Handle peek(const Key& key) { return l1_.find(key, Clock::now(), age_max()); }

  /// The value, nullptr if there is none; throws what the loader throws.
  boost::asio::awaitable<Handle> get(Key key) {
    if (auto hit = peek(key)) co_return hit;
    const auto initiate = [this, &key](auto handler) {
      auto executor = boost::asio::get_associated_executor(handler);
      join(key, {executor, std::move(handler)});
    };
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                                   void(std::exception_ptr, Handle)>(
        initiate, boost::asio::use_awaitable);
  }

  /// After the commit that changed them, before anyone is told of it. Never blocks, never throws for Redis.
  void invalidate(std::span<const Key> keys) {
    std::vector<std::string> names;
    names.reserve(keys.size());
    for (const auto& key : keys) names.push_back(codec_.name(key));
    // Announced first: whoever starts a load from here on must see that Redis is not to be trusted.
    invalidation_.announce(settings_.name, names);
    for (const auto& key : keys) forget(key);
  }

  /// Drops the whole of a cache that has one fence; of another cache, only what this process keeps.
  void invalidate_all() {
    if (settings_.one_fence) invalidation_.announce(settings_.name, {std::string{L2Cache::kWhole}});
    forget_all();
  }

  [[nodiscard]] ReadThroughStats stats() const { return {l1_.stats(), l2_hits_.load(), loads_.load()}; }
  [[nodiscard]] const std::string& name() const { return settings_.name; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiter {
    boost::asio::any_io_executor executor;
    std::move_only_function<void(std::exception_ptr, Handle)> complete;
  };
  struct Flight {
    std::vector<Waiter> waiters;
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    std::unordered_map<Key, std::shared_ptr<Flight>> flights;
  };
  static constexpr std::size_t kShards = 16;

  Shard& shard_of(const Key& key) { return shards_[std::hash<Key>{}(key) % kShards]; }

  std::chrono::milliseconds age_max() const {
    return invalidation_.hears_others() ? settings_.kept : std::min(settings_.kept, settings_.kept_deaf);
  }

  static void answer(Waiter waiter, std::exception_ptr failure, Handle value) {
    const auto executor = waiter.executor;
    boost::asio::post(executor,
                      [complete = std::move(waiter.complete), failure = std::move(failure),
                       value = std::move(value)]() mutable { complete(failure, std::move(value)); });
  }

  void join(const Key& key, Waiter waiter) {
    const auto executor = waiter.executor;
    std::shared_ptr<Flight> started;
    {
      auto& shard = shard_of(key);
      const std::lock_guard lock{shard.mutex};
      // A load that has just landed has left its value under this same lock.
      if (auto hit = peek(key)) return answer(std::move(waiter), nullptr, std::move(hit));
      auto& flight = shard.flights[key];
      if (!flight) started = flight = std::make_shared<Flight>();
      flight->waiters.push_back(std::move(waiter));
    }
    if (started) boost::asio::co_spawn(executor, fly(key, std::move(started)), boost::asio::detached);
  }

  boost::asio::awaitable<void> fly(Key key, std::shared_ptr<Flight> flight) {
    Handle value;
    std::exception_ptr failure;
    std::string fence;
    bool loaded = false;
    try {
      const auto name = codec_.name(key);
      auto found = co_await l2_.find(name);
      fence = std::move(found.fence);
      if (found.value) {
        if (auto decoded = codec_.decode(*found.value))
          value = std::make_shared<const Value>(std::move(*decoded));
      }
      if (value) {
        ++l2_hits_;
      } else {
        ++loads_;
        auto read = co_await load_(key);
        if (read) value = std::make_shared<const Value>(std::move(*read));
        loaded = value != nullptr;
      }
    } catch (...) {
      failure = std::current_exception();
    }
    const bool kept = land(key, flight, value, failure);
    if (kept && loaded && !fence.empty()) {
      auto name = codec_.name(key);
      auto bytes = codec_.encode(*value);
      co_await l2_.fill(std::move(name), std::move(fence), std::move(bytes));
    }
  }

  /// Gives the outcome to those who wait and keeps it, unless the key was invalidated meanwhile (false).
  bool land(const Key& key, const std::shared_ptr<Flight>& flight, const Handle& value,
            const std::exception_ptr& failure) {
    std::vector<Waiter> waiters;
    bool current = false;
    {
      auto& shard = shard_of(key);
      const std::lock_guard lock{shard.mutex};
      const auto found = shard.flights.find(key);
      current = found != shard.flights.end() && found->second == flight;
      if (current) {
        shard.flights.erase(found);
        if (value) l1_.store(key, value, Clock::now());
      }
      waiters = std::move(flight->waiters);
    }
    for (auto& waiter : waiters) answer(std::move(waiter), failure, value);
    return current;
  }

  void forget(const Key& key) {
    auto& shard = shard_of(key);
    const std::lock_guard lock{shard.mutex};
    shard.flights.erase(key);
    l1_.erase(key);
  }

  void forget_all() {
    for (auto& shard : shards_) {
      const std::lock_guard lock{shard.mutex};
      shard.flights.clear();
    }
    l1_.clear();
  }

  void hear(std::string_view name) {
    if (settings_.one_fence) return forget_all();
    if (const auto key = codec_.parse(name)) forget(*key);
  }

  Invalidation& invalidation_;
  Codec codec_;
  Loader load_;
  ReadThroughSettings settings_;
  L1Cache<Key, Value> l1_;
  L2Cache l2_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> l2_hits_{0};
  std::atomic<std::uint64_t> loads_{0};
};

}  // namespace shopflow::cache
