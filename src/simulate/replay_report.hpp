#pragma once

#include <string>
#include <vector>

#include "simulate/plan.hpp"
#include "simulate/replay_check.hpp"
#include "simulate/replay_player.hpp"

namespace shopflow::simulate {

/// What a replay came to, for both forms of its report.
struct ReplayFindings {
  const InvoiceFile& file;
  const Plan& plan;
  const std::vector<std::string>& sku_ids;
  const std::vector<Stretch>& stretches;
  const ShopFigures& found;
  const std::vector<std::string>& differences;
};

/// What was not played and why, and the days, file and shop side by side; differences, the first few.
[[nodiscard]] std::string replay_table(const ReplayFindings& findings);

/// Everything, as one JSON object; `run` is the JSON of the requests' figures.
[[nodiscard]] std::string replay_json(const ReplayFindings& findings, const std::string& run);

}  // namespace shopflow::simulate
