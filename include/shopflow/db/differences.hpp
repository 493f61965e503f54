#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "shopflow/core/difference.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::db {

/// Adds what a statement of the audit found: its columns are those of a Difference, where the subject is a
/// text or, as `Subject` says, an identifier.
template <class Subject = std::string>
void add_differences(const Rows& rows, std::vector<Difference>& differences) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto& difference = differences.emplace_back();
    difference.check = row.next<std::string>();
    if constexpr (std::is_same_v<Subject, std::string>) {
      difference.subject = row.next<std::string>();
    } else {
      difference.subject = row.next<Subject>().str();
    }
    difference.expected = row.next<std::int64_t>();
    difference.found = row.next<std::int64_t>();
  }
}

}  // namespace shopflow::db
