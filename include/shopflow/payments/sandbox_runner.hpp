#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
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

  /// Both must outlive the runner.
  SandboxRunner(SandboxProvider& provider, SandboxCourier& courier, Settings settings);
  ~SandboxRunner();
  SandboxRunner(const SandboxRunner&) = delete;
  SandboxRunner& operator=(const SandboxRunner&) = delete;

  /// Starts the thread, once. What a killed process left behind is delivered first.
  void start();

  /// Lets the round that is under way end (5 s at most, the time of one delivery), then joins. Repeatable.
  /// Before the pool and the provider are stopped.
  void stop();

 private:
  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<void> rest();
  void wake();

  SandboxProvider& provider_;
  SandboxCourier& courier_;
  Settings settings_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer timer_{context_};
  std::atomic<bool> woken_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace shopflow::payments
