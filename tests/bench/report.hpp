#pragma once

#include <string>
#include <vector>

#include "bench/figures.hpp"

namespace shopflow::bench {

/// The rows as a table for the terminal, one line each.
[[nodiscard]] std::string table_of(const std::vector<Row>& rows);

/// {"scenarios": [{"id", "name", "rate", …}, …]}.
[[nodiscard]] std::string json_of(const std::vector<Row>& rows);

}  // namespace shopflow::bench
