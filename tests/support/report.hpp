#pragma once

#include <concepts>
#include <cstddef>
#include <string>

/// What the reports of `./dev bench` and `./dev fault` say alike.
namespace shopflow::testing {

/// A number with its thousands set apart by commas; not below 0.
[[nodiscard]] std::string grouped(std::integral auto number) {
  auto digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

/// This machine as "<processors> x <their name>, <memory> GB".
[[nodiscard]] std::string machine();

}  // namespace shopflow::testing
