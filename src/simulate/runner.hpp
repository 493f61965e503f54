#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

#include "simulate/tally.hpp"

namespace shopflow::simulate {

/// Some threads, each with an event loop of its own, over which pieces of work are dealt in turn. What a
/// piece throws, for example on an answer of an unknown shape, is counted as an error.
class Runner {
 public:
  Runner(std::size_t threads, Tally& tally) : loops_(threads), tally_{tally} {
    for (auto& loop : loops_) loop = std::make_unique<boost::asio::io_context>(1);
  }

  /// The loop that the next piece of work goes to.
  [[nodiscard]] boost::asio::io_context& next_loop() { return *loops_[turn_++ % loops_.size()]; }

  void start(boost::asio::io_context& loop, boost::asio::awaitable<void> work) {
    boost::asio::co_spawn(loop, std::move(work), [this](const std::exception_ptr& failure) {
      try {
        if (failure) std::rethrow_exception(failure);
      } catch (const std::exception& error) {
        tally_.error(Action::read_order, error.what());
      }
    });
  }

  /// Runs all that was started to its end, and what it starts.
  void run() {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < loops_.size(); ++i)
      threads.emplace_back([&loop = *loops_[i]] { loop.run(); });
    loops_.front()->run();
  }

 private:
  std::vector<std::unique_ptr<boost::asio::io_context>> loops_;
  std::size_t turn_ = 0;
  Tally& tally_;
};

}  // namespace shopflow::simulate
