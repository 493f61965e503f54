#pragma once

#include <string>

namespace shopflow::testing {

/// The Redis that the tests share, and a prefix that no other test uses. Needs SHOPFLOW_TEST_REDIS
/// (`unix:<path of the socket>`; `./dev test` sets it) and throws without it.
class TestRedis {
 public:
  TestRedis();
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] const std::string& prefix() const { return prefix_; }

 private:
  std::string url_;
  std::string prefix_;
};

}  // namespace shopflow::testing
