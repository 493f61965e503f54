#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shopflow/core/backoff.hpp"
#include "shopflow/core/error.hpp"
#include "shopflow/core/time.hpp"
#include "shopflow/db/pool.hpp"

namespace shopflow::payments {

namespace sandbox {
struct LeasedWebhook;
struct WebhookResult;
}  // namespace sandbox

/// Sends one webhook over HTTP with this `Stripe-Signature`, and gives the status that was answered. Takes 5
/// s at most; a server that can't be reached is an Error. Called on the courier's executor.
using WebhookPoster =
    std::function<boost::asio::awaitable<Result<int>>(std::string signature, std::string body)>;

struct CourierSettings {
  std::vector<std::string> secrets;  // the sandbox signs with all of them
  std::chrono::seconds lease{20};    // longer than a whole round takes
  int batch_max = 64;                // webhooks in one round
  int parallel = 32;                 // on their way at once
  int attempts_max = kAttemptsMax;   // then the row stays, for people to see
};

struct CourierRound {
  std::size_t leased = 0;
  std::size_t delivered = 0;
};

/// Brings the sandbox's events to the shop's endpoint, each until it is answered with 2xx. Several processes
/// share the work: a webhook is leased by one of them, and what a dead process held is due again when the
/// lease ends. Its coroutines run on one thread.
class SandboxCourier {
 public:
  SandboxCourier(CourierSettings settings, db::Pool& pool, const Clock& clock, WebhookPoster post);

  /// Leases what is due, sends it and notes what became of it. Throws what the pool throws.
  boost::asio::awaitable<CourierRound> deliver_due();

  /// Ends the round that is under way with the webhooks that are on the road now; the rest is due again when
  /// its lease ends. Thread-safe, for good.
  void stop() { stopping_ = true; }

  /// How long nothing is going to be due, in the sandbox as a whole; `longest` if nothing waits.
  boost::asio::awaitable<std::chrono::milliseconds> idle_time(std::chrono::milliseconds longest);

 private:
  struct Tour;
  boost::asio::awaitable<void> walk(Tour& tour);
  boost::asio::awaitable<bool> send(const sandbox::LeasedWebhook& webhook);
  [[nodiscard]] sandbox::WebhookResult result_of(const sandbox::LeasedWebhook& webhook, bool delivered) const;

  CourierSettings settings_;
  db::Pool& pool_;
  const Clock& clock_;
  WebhookPoster post_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace shopflow::payments
