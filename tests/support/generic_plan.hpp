#pragma once

#include <string>

#include "shopflow/db/statement.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::testing {

/// The plan of the statement for any values of its parameters, as PostgreSQL explains it: with
/// plan_cache_mode = force_generic_plan the one that a session makes and then keeps.
std::string generic_plan(db::Transaction& tx, const db::Statement& statement);

/// Whether the plan compares two lists row by row: both twice as long, it would take four times as long.
bool compares_row_by_row(const std::string& plan);

}  // namespace shopflow::testing
