#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace shopflow::bench {

/// A product of one SKU.
struct Article {
  std::string product;
  std::string sku;
};
using Catalogue = std::vector<Article>;

/// A cart that was made beforehand.
struct Cart {
  std::string id;
  std::string secret;
  std::array<std::size_t, 3> articles{};  // what is in it, if anything
};

/// Carts for a crowd to use up, each once. Any thread.
class CartPool {
 public:
  void put(Cart cart) {
    const std::scoped_lock lock{mutex_};
    carts_.push_back(std::move(cart));
  }
  /// The next unused cart, null when all are used. Nothing is put any more by then.
  [[nodiscard]] const Cart* take() {
    const auto place = next_.fetch_add(1, std::memory_order_relaxed);
    return place < carts_.size() ? &carts_[place] : nullptr;
  }
  [[nodiscard]] std::size_t size() const { return carts_.size(); }

 private:
  std::mutex mutex_;
  std::vector<Cart> carts_;
  std::atomic<std::size_t> next_{0};
};

/// How much is left to be done, shared by a crowd.
class Budget {
 public:
  explicit Budget(std::size_t units) : left_{static_cast<std::int64_t>(units)} {}
  [[nodiscard]] bool take() { return left_.fetch_sub(1, std::memory_order_relaxed) > 0; }

 private:
  std::atomic<std::int64_t> left_;
};

/// Numbers without a pattern, the same ones in each run (splitmix64).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_{seed * 0x9E37'79B9'7F4A'7C15ULL + 1} {}
  [[nodiscard]] std::size_t below(std::size_t limit) {
    state_ += 0x9E37'79B9'7F4A'7C15ULL;
    auto z = state_;
    z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EBULL;
    return static_cast<std::size_t>((z ^ (z >> 31)) % limit);
  }
  /// Three different numbers.
  [[nodiscard]] std::array<std::size_t, 3> three_below(std::size_t limit) {
    const auto first = below(limit);
    const auto second = (first + 1 + below(limit / 2 - 1)) % limit;
    const auto third = (first + limit / 2 + below(limit / 2)) % limit;
    return {first, second, third};
  }

 private:
  std::uint64_t state_;
};

}  // namespace shopflow::bench
