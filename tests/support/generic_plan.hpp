#pragma once

#include <string>
#include <vector>

#include "shopflow/db/statement.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::testing {

/// Whether the audit reads with it, which goes through all rows, in a session that plans for that.
bool is_of_the_audit(const db::Statement& statement);

/// The plan of the statement for any values of its parameters, as PostgreSQL explains it: with
/// plan_cache_mode = force_generic_plan the one that a session makes and then keeps. Empty for one that is
/// not planned, such as SET.
std::string generic_plan(db::Transaction& tx, const db::Statement& statement);

/// The same, after it was run with these parameters, separated by commas; it tells what was not executed.
std::string plan_of_run(db::Transaction& tx, const db::Statement& statement, const std::string& parameters);

/// A place of a plan where an index is read.
struct IndexUse {
  std::string index;
  std::string table;      ///< empty where a bitmap is made
  std::string condition;  ///< by which the index is entered; empty when it is read from end to end
  std::string filter;     ///< what else its rows are asked for
  bool is_executed;
};

std::vector<IndexUse> uses_of_indexes(const std::string& plan);

/// Whether a key is looked for in the index, which begins with this column or expression, by reading all of
/// it.
bool reads_all_for_a_key(const IndexUse& use, const std::string& first_column);

/// Whether the plan compares two lists row by row: both twice as long, it would take four times as long.
bool compares_row_by_row(const std::string& plan);

}  // namespace shopflow::testing
