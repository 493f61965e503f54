#include "support/generic_plan.hpp"

#include <regex>

namespace shopflow::testing {

std::string generic_plan(db::Transaction& tx, const db::Statement& statement) {
  tx.exec_text("PREPARE looked_at AS " + std::string{statement.sql()});
  const auto count = tx.exec_text(
      "SELECT coalesce(cardinality(parameter_types), 0) FROM pg_prepared_statements WHERE name = "
      "'looked_at'");
  const auto parameters = count[0].next<int>();
  std::string nulls;
  for (int i = 0; i < parameters; ++i) nulls += i == 0 ? "(NULL" : ", NULL";
  if (parameters > 0) nulls += ")";
  const auto rows = tx.exec_text("EXPLAIN EXECUTE looked_at" + nulls);
  std::string plan;
  for (std::size_t i = 0; i < rows.size(); ++i) plan += rows[i].next<std::string>() + "\n";
  tx.exec_text("DEALLOCATE looked_at");
  return plan;
}

bool compares_row_by_row(const std::string& plan) {
  static const std::regex kJoin{
      R"(Join Filter: [^\n]*\((\w+\.\w+|\(unnest\(\$\d+\)\)) = (\w+\.\w+|\(unnest\(\$\d+\)\))\))"};
  return std::regex_search(plan, kJoin);
}

}  // namespace shopflow::testing
