#pragma once

#include <string>
#include <vector>

#include "simulate/tally.hpp"

namespace shopflow::simulate {

/// Columns aligned, the first to the left, the others to the right; the first row is the head.
[[nodiscard]] std::string aligned(const std::vector<std::vector<std::string>>& rows);

/// Counts, conflicts by code, latencies of each action that was done, and the first errors, for people.
[[nodiscard]] std::string tally_table(const Tally::Figures& figures, double seconds);

/// The same as one JSON object.
[[nodiscard]] std::string tally_json(const Tally::Figures& figures, double seconds);

/// 1.23 ms
[[nodiscard]] std::string time_text(std::chrono::microseconds time);

}  // namespace shopflow::simulate
