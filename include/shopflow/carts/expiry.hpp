#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "shopflow/core/time.hpp"

namespace shopflow::db {
class Pool;
}

namespace shopflow::carts {

class CartService;

struct ExpirySettings {
  std::chrono::milliseconds every{250};  // a lapsed hold is freed at most 1 s after its deadline
  std::int32_t page_max = 500;           // carts looked at at once; a full page is followed by the next
};

/// Frees the holds of carts that have lapsed. Two servers may do it at once: whoever comes second finds
/// nothing lapsed. Reservations of orders are left to the room `orders`, which cancels their payment first.
class ExpirySweeper {
 public:
  /// The executor must run one thread at a time for this object (a strand, or a context with one thread).
  ExpirySweeper(boost::asio::any_io_executor executor, db::Pool& pool, CartService& carts, const Clock& clock,
                ExpirySettings settings);

  /// Sweeps until `stop`. A database that is away is waited for.
  boost::asio::awaitable<void> run();

  /// Goes once through everything that is due; gives how many carts that were. A cart that fails is left for
  /// the next time and holds nobody up. Throws when the database is away.
  boost::asio::awaitable<std::size_t> sweep();

  /// Ends `run` after the sweep under way. Thread-safe.
  void stop();

 private:
  boost::asio::any_io_executor executor_;
  db::Pool& pool_;
  CartService& carts_;
  const Clock& clock_;
  ExpirySettings settings_;
  boost::asio::steady_timer timer_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace shopflow::carts
