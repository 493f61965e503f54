#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "shopflow/core/thread_name.hpp"

namespace shopflow::app {

/// A thread with an io_context for work that no request waits for: sweeps, deliveries, what the cache tells
/// other processes.
class Background {
 public:
  Background()
      : thread_{[this] {
          name_thread("background");
          context_.run();
        }} {}
  ~Background() { stop(); }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  [[nodiscard]] boost::asio::any_io_executor executor() { return context_.get_executor(); }

  /// Ends whatever still waits, then joins. Repeatable.
  void stop() {
    guard_.reset();
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{context_.get_executor()};
  std::thread thread_;
};

}  // namespace shopflow::app
