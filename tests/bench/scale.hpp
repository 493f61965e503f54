#pragma once

#include <vector>

#include "bench/scenarios.hpp"

namespace shopflow::bench {

/// How cost grows with what a shop has: scenarios 1, 3, 4 and 6 with more SKUs and with a longer past, each
/// beside the smallest shop, in turn.
[[nodiscard]] std::vector<Row> compare_scales(Bench& bench);

}  // namespace shopflow::bench
