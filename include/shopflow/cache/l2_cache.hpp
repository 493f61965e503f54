#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace shopflow::cache {

class Invalidation;

/// The values of one cache in Redis, each behind its fence; see ReadThrough for why. Thread-safe.
class L2Cache {
 public:
  /// The key under which a cache with one fence for all is announced.
  static constexpr std::string_view kWhole = "*";

  struct Found {
    std::optional<std::string> value;  // current in Redis
    std::string fence;                 // under which a loaded value may be filled in; empty: it may not
  };

  L2Cache(Invalidation& invalidation, std::string name, bool one_fence);

  /// Takes one round trip; finds nothing when Redis is not to be used or not to be trusted just now. A fence
  /// is made if there is none, before the answer comes, and so before whatever is loaded afterwards was read.
  boost::asio::awaitable<Found> find(std::string key);
  boost::asio::awaitable<void> fill(std::string key, std::string fence, std::string value);

 private:
  [[nodiscard]] std::string_view fenced_by(const std::string& key) const {
    return one_fence_ ? kWhole : std::string_view{key};
  }

  Invalidation& invalidation_;
  std::string name_;
  bool one_fence_;
};

}  // namespace shopflow::cache
