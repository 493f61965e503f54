#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "shopflow/core/difference.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::app {

/// Adds what a statement found whose columns are those of a difference: the check and the subject as text,
/// what is expected and what was found as bigint.
inline void add_differences(const db::Rows& rows, std::vector<Difference>& differences) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto check = row.next<std::string>();
    auto subject = row.next<std::string>();
    const auto expected = row.next<std::int64_t>();
    differences.push_back({std::move(check), std::move(subject), expected, row.next<std::int64_t>()});
  }
}

}  // namespace shopflow::app
