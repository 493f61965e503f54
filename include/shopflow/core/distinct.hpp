#pragma once

#include <algorithm>
#include <vector>

namespace shopflow {

/// Leaves each value once, in ascending order: as rows are locked.
template <class T>
void keep_distinct(std::vector<T>& values) {
  std::ranges::sort(values);
  const auto repeated = std::ranges::unique(values);
  values.erase(repeated.begin(), repeated.end());
}

}  // namespace shopflow
