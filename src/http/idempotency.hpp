#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "shopflow/core/error.hpp"
#include "shopflow/http/message.hpp"
#include "shopflow/http/ports.hpp"
#include "shopflow/http/route.hpp"

namespace shopflow::http {

/// Reads Idempotency-Key as the route asks for it: nullopt when there is none and none is needed,
/// idempotency_key_required, or idempotency_key_invalid.
[[nodiscard]] Result<std::optional<std::string_view>> read_key(const Route& route, const Headers& headers);

/// Scope and fingerprint of a request under that key. The caller in the scope is the admin key, else a hash
/// of the cart's or order's secret, else "anonymous". Needs the body.
[[nodiscard]] db::ReceiptKey make_receipt_key(const Route& route, const Request& request,
                                              std::string_view key);

/// Whose key it is, for which route: the same for all requests that may be repeats of one another.
[[nodiscard]] std::string receipt_scope(const Route& route, const Request& request);

/// The kept answer, byte for byte, or idempotency_key_reused if it answered another request.
[[nodiscard]] Result<Response> replay(StoredAnswer stored, const db::ReceiptKey& key);

/// The keys whose first request is still running in this process. Thread-safe.
class InFlight {
 public:
  /// Gives the key back when it goes.
  class Claim {
   public:
    Claim(InFlight& owner, std::string name) : owner_{&owner}, name_{std::move(name)} {}
    ~Claim() { owner_->release(name_); }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

   private:
    InFlight* owner_;
    std::string name_;
  };

  /// Whether the key was free; it is taken now, and a Claim of the same name must give it back.
  [[nodiscard]] bool take(const std::string& name);

 private:
  struct Shard {
    std::mutex mutex;
    std::unordered_set<std::string> names;
  };
  void release(const std::string& name);
  Shard& shard_of(const std::string& name);

  std::array<Shard, 16> shards_;
};

/// Keys that were answered here lately: a few hundred thousand, of which a newer one may displace an older. A
/// key that is not among them is most likely new; one that is may be, rarely, too. Thread-safe, without
/// locks.
class AnsweredKeys {
 public:
  void add(const std::string& name);
  [[nodiscard]] bool contains(const std::string& name) const;

 private:
  static constexpr std::size_t kSlots = std::size_t{1} << 18U;  // 2 MiB
  std::vector<std::atomic<std::size_t>> hashes_ = std::vector<std::atomic<std::size_t>>(kSlots);
};

}  // namespace shopflow::http
