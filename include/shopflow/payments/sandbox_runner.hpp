#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "shopflow/payments/sandbox_courier.hpp"
#include "shopflow/payments/sandbox_provider.hpp"

namespace shopflow::payments {

/// Keeps the sandbox going on a thread of its own: settles bank debits and delivers webhooks, woken by the
/// provider right after each commit; polling is the net under it. Several processes may run it.
class SandboxRunner {
 public:
  struct Settings {
    std::chrono::milliseconds poll{1000};  // longest time without a look at the database
  };

  /// The provider must outlive the runner. The courier is the runner's, because its connections live on the
  /// runner's thread.
  SandboxRunner(SandboxProvider& provider, std::unique_ptr<SandboxCourier> courier, Settings settings);
  ~SandboxRunner();
  SandboxRunner(const SandboxRunner&) = delete;
  SandboxRunner& operator=(const SandboxRunner&) = delete;

  /// Starts the thread, once. What a killed process left behind is delivered first.
  void start();

  /// Lets what is on the road arrive (8 s at most, if the endpoint hangs), then joins. Repeatable. Before the
  /// pool and the provider are stopped.
  void stop();

 private:
  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<void> rest();
  void wake();

  SandboxProvider& provider_;
  Settings settings_;
  boost::asio::io_context context_{1};
  std::unique_ptr<SandboxCourier> courier_;
  boost::asio::steady_timer timer_{context_};
  std::atomic<bool> woken_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace shopflow::payments
