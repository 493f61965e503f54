#pragma once

#include <string>
#include <vector>

#include "bench/figures.hpp"

namespace shopflow::bench {

/// The rows that have a reference as bars, an SVG: how many times the reference, on a logarithmic axis, and
/// where the goal is. `caption` says where and when.
[[nodiscard]] std::string chart_of(const std::vector<Row>& rows, const std::string& caption);

}  // namespace shopflow::bench
