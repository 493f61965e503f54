#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>
#include <vector>

namespace shopflow::app {

/// Whether threads go on with their work: each executor is left a job, and the next only when all have done
/// it. For one thread.
class Pulse {
 public:
  explicit Pulse(std::vector<boost::asio::any_io_executor> executors) : executors_{std::move(executors)} {}

  /// False while one of them has not come to what it was left the last time.
  [[nodiscard]] bool beats();

 private:
  std::vector<boost::asio::any_io_executor> executors_;
  std::shared_ptr<std::atomic<std::size_t>> undone_ = std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace shopflow::app
