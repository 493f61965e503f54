#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "shopflow/core/ids.hpp"
#include "shopflow/http/message.hpp"

namespace shopflow::access {

/// How many refusals of a key are written down one by one, so that a key without rights can't fill the audit
/// log: the first ten of a minute; the others are counted. Only keys that are known come here, so it stays
/// small. Thread-safe.
class RefusalBook {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::minutes kWindow{1};
  static constexpr std::int64_t kEach = 10;

  struct Rest {
    http::Caller caller;
    std::int64_t count = 0;
  };

  /// Whether this one is to be written down by itself.
  [[nodiscard]] bool take(const http::Caller& caller, Moment now) {
    const std::lock_guard lock{mutex_};
    auto& window = windows_[*caller.key];
    if (now >= window.end && window.count > kEach) lapsed_.push_back({window.caller, window.count - kEach});
    if (now >= window.end) window = {caller, now + kWindow, 0};
    return ++window.count <= kEach;
  }

  /// What was counted in minutes that are over, and, `at_end`, in all.
  [[nodiscard]] std::vector<Rest> take_rest(Moment now, bool at_end) {
    const std::lock_guard lock{mutex_};
    auto rest = std::exchange(lapsed_, {});
    std::erase_if(windows_, [&](const auto& entry) {
      const auto& window = entry.second;
      if (now < window.end && !at_end) return false;
      if (window.count > kEach) rest.push_back({window.caller, window.count - kEach});
      return true;
    });
    return rest;
  }

 private:
  struct Window {
    http::Caller caller;
    Moment end{};
    std::int64_t count = 0;
  };

  std::mutex mutex_;
  std::unordered_map<KeyId, Window> windows_;
  std::vector<Rest> lapsed_;
};

}  // namespace shopflow::access
