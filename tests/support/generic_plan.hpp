#pragma once

#include <string>

#include "shopflow/db/statement.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::testing {

/// The plan of the statement for any values of its parameters, as PostgreSQL explains it: with
/// plan_cache_mode = force_generic_plan the one that a session makes and then keeps.
std::string generic_plan(db::Transaction& tx, const db::Statement& statement);

}  // namespace shopflow::testing
