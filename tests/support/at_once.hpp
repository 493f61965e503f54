#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/until.hpp"

namespace shopflow::testing {

/// Runs these at once, each in a thread of its own, released together; throws what the first of them threw.
inline void at_once(const std::vector<std::function<void()>>& works) {
  std::atomic<std::size_t> ready{0};
  std::vector<std::exception_ptr> failures(works.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < works.size(); ++i) {
      threads.emplace_back([&, i] {
        ++ready;
        try {
          if (!until([&] { return ready == works.size(); })) throw std::runtime_error{"not all threads came"};
          works[i]();
        } catch (...) {
          failures[i] = std::current_exception();
        }
      });
    }
  }
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace shopflow::testing
