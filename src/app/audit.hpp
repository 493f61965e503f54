#pragma once

#include <vector>

#include "app/config.hpp"
#include "shopflow/core/difference.hpp"
#include "shopflow/core/time.hpp"

namespace shopflow::app {

/// Recomputes every counter and amount from what it must follow from, on one snapshot of the database, and
/// gives what differs. Throws db::Unavailable without a database. Reads everything: takes seconds on a large
/// one, and locks nothing.
[[nodiscard]] std::vector<Difference> run_audit(const Config& config, Timestamp now);

}  // namespace shopflow::app
