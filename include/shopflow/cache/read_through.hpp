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

#include "shopflow/cache/forgotten_keys.hpp"
#include "shopflow/cache/invalidation.hpp"
#include "shopflow/cache/l1_cache.hpp"
#include "shopflow/cache/l2_cache.hpp"
#include "shopflow/cache/read_through_settings.hpp"

namespace shopflow::cache {

/// Reads through the process, Redis and a loader, and fills upwards. One miss of a key at a time: those who
/// ask meanwhile, on whatever thread, wait for it. Nobody who asks after invalidate() has returned gets a
/// value that was read before it:
/// - in the process, invalidate() takes the value away and cuts loose the load that is under way, whose value
///   then reaches those who already wait for it and is kept nowhere; a Fill is told, and does not keep it;
/// - in Redis, every value carries the fence that was current before it was loaded, and counts only while
/// that
///   fence is. Invalidating deletes the fence, so that a value that is written late is never read. A fence
///   that Redis forgets (eviction, flush, restart) is a miss, never a stale hit; no script and no clock is
///   involved. Until Redis has confirmed, this process does not read the key from there.
/// Other processes drop the key when they hear of it, at the latest after `kept_deaf` if they can't.
/// Thread-safe. Must outlive what it has under way: stop the I/O threads first.
template <class Key, class Value>
class ReadThrough {
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kShards = 16;

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
        kept_{settings_.kept},
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

  /// Puts into the process what is read many at a time, before anybody asks for it. Made before the reading
  /// begins, it hears of every key that is invalidated from then on, and does not keep what was read of them.
  /// Redis learns nothing of it. One thread; must not outlive the cache.
  class Fill {
   public:
    explicit Fill(ReadThrough& cache) : cache_{cache}, begun_{Clock::now()} {
      for (std::size_t i = 0; i < kShards; ++i) {
        const std::lock_guard lock{cache_.shards_[i].mutex};
        cache_.shards_[i].fills.push_back(&forgotten_[i]);
      }
    }
    ~Fill() {
      for (std::size_t i = 0; i < kShards; ++i) {
        const std::lock_guard lock{cache_.shards_[i].mutex};
        std::erase(cache_.shards_[i].fills, &forgotten_[i]);
      }
    }
    Fill(const Fill&) = delete;
    Fill& operator=(const Fill&) = delete;

    /// The value, or that there is none (nullptr). False if it was not kept: the key was invalidated since
    /// this fill began, somebody else loads it or has done so since, or the process is full; nothing makes
    /// room for what nobody has asked for. Counts as old as the fill.
    bool keep(const Key& key, Handle value) {
      const auto shard = shard_number(key);
      const std::lock_guard lock{cache_.shards_[shard].mutex};
      if (forgotten_[shard].has(key) || cache_.shards_[shard].flights.contains(key)) return false;
      return cache_.l1_.renew(key, std::move(value), begun_);
    }

   private:
    ReadThrough& cache_;
    Clock::time_point begun_;
    std::array<ForgottenKeys<Key>, kShards> forgotten_;
  };

  /// Instead of settings.kept, from now on: what is filled again and again may be kept until the next time.
  void keep_for(std::chrono::milliseconds kept) { kept_ = kept; }
  [[nodiscard]] std::chrono::milliseconds kept() const { return kept_; }
  [[nodiscard]] bool hears_others() const { return invalidation_.hears_others(); }
  /// How often this process has dropped everything; whoever fills the cache then begins again.
  [[nodiscard]] std::uint64_t drops() const { return drops_; }

  [[nodiscard]] ReadThroughStats stats() const { return {l1_.stats(), l2_hits_.load(), loads_.load()}; }
  [[nodiscard]] const std::string& name() const { return settings_.name; }

 private:
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
    std::vector<ForgottenKeys<Key>*> fills;  // that are under way
  };

  static std::size_t shard_number(const Key& key) { return std::hash<Key>{}(key) % kShards; }
  Shard& shard_of(const Key& key) { return shards_[shard_number(key)]; }

  std::chrono::milliseconds age_max() const {
    const std::chrono::milliseconds kept = kept_;
    return invalidation_.hears_others() ? kept : std::min(kept, settings_.kept_deaf);
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
    for (auto* fill : shard.fills) fill->add(key);
    l1_.erase(key);
  }

  void forget_all() {
    for (auto& shard : shards_) {
      const std::lock_guard lock{shard.mutex};
      shard.flights.clear();
      for (auto* fill : shard.fills) fill->add_all();
    }
    l1_.clear();
    ++drops_;  // Last: whoever has seen it may fill what was cleared.
  }

  void hear(std::string_view name) {
    if (settings_.one_fence) return forget_all();
    if (const auto key = codec_.parse(name)) forget(*key);
  }

  Invalidation& invalidation_;
  Codec codec_;
  Loader load_;
  ReadThroughSettings settings_;
  std::atomic<std::chrono::milliseconds> kept_;
  L1Cache<Key, Value> l1_;
  L2Cache l2_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> l2_hits_{0};
  std::atomic<std::uint64_t> loads_{0};
  std::atomic<std::uint64_t> drops_{0};
};

}  // namespace shopflow::cache
