#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace shopflow::cache {

/// The keys that were dropped from one shard of a cache since somebody began to read what they want to put
/// into it. Guarded by that shard's lock.
template <class Key>
class ForgottenKeys {
 public:
  /// More than these are counted as all: whoever reads for that long had better read again.
  static constexpr std::size_t kMax = 1024;

  void add(const Key& key) {
    if (all_) return;
    if (keys_.size() == kMax) return add_all();
    keys_.push_back(key);
  }
  void add_all() {
    all_ = true;
    keys_.clear();
  }
  [[nodiscard]] bool has(const Key& key) const {
    return all_ || std::ranges::find(keys_, key) != keys_.end();
  }

 private:
  bool all_ = false;
  std::vector<Key> keys_;
};

}  // namespace shopflow::cache
