#include "support/environment.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <random>
#include <stdexcept>

namespace shopflow::testing {

std::string required_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') {
    throw std::runtime_error{
        fmt::format("{} is not set. Integration tests need servers of their own: run `./dev test`, or `./dev "
                    "services DIR` "
                    "and then `source DIR/env`.",
                    name)};
  }
  return value;
}

std::string unique_name(const char* prefix) {
  static std::atomic<int> count{0};
  static const unsigned salt = std::random_device{}();
  return fmt::format("{}_{}_{:08x}_{}", prefix, getpid(), salt, ++count);
}

}  // namespace shopflow::testing
