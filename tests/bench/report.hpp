#pragma once

#include <string>
#include <vector>

#include "bench/figures.hpp"

namespace shopflow::bench {

/// The rows as a table for the terminal, one line each.
[[nodiscard]] std::string table_of(const std::vector<Row>& rows);

/// The same for the README, under the caption.
[[nodiscard]] std::string markdown_of(const std::vector<Row>& rows, const std::string& caption);

/// {"scenarios": [{"id", "name", "rate", …}, …]}.
[[nodiscard]] std::string json_of(const std::vector<Row>& rows);

/// What the figures were taken on, how it was asked, and when: processors, memory, database, date.
[[nodiscard]] std::string machine(const std::string& database_version, bool tcp);

}  // namespace shopflow::bench
