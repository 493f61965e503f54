#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/scenarios.hpp"

namespace shopflow::bench {

struct Shop;

/// A scenario that is repeated in shops of different sizes.
struct ScalePart {
  std::string id;
  std::string name;
  std::function<Figures(Shop&)> run;
};

/// All of them: 1, 3, 4 and 6, whose shoppers choose from the whole catalogue.
[[nodiscard]] std::vector<ScalePart> scale_parts();

/// How cost grows with what a shop has: the parts with more SKUs and with a longer past, each beside the
/// smallest shop, in turn.
[[nodiscard]] std::vector<Row> compare_scales(Bench& bench, const std::vector<ScalePart>& parts);

}  // namespace shopflow::bench
