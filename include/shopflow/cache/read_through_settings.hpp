#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "shopflow/cache/l1_cache.hpp"

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

}  // namespace shopflow::cache
