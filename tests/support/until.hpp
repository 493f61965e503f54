#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>

namespace shopflow::testing {

/// Waits for a fact that other threads or processes bring about, and asks for it all the while; a failure if
/// it does not come within a minute. As EXPECT_TRUE(until([&] { return …; })) it is told in the fact's own
/// words. Any thread.
[[nodiscard]] inline ::testing::AssertionResult until(const std::function<bool()>& fact) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (!fact()) {
    if (std::chrono::steady_clock::now() > give_up)
      return ::testing::AssertionFailure() << "it did not come within a minute";
    // yield: this is the one place that asks again, for all tests.
    std::this_thread::yield();
  }
  return ::testing::AssertionSuccess();
}

}  // namespace shopflow::testing
