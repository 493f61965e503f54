#include "support/generic_plan.hpp"

#include <cctype>
#include <regex>
#include <set>
#include <string_view>

namespace shopflow::testing {
namespace {

std::string explained(db::Transaction& tx, const std::string& how, const std::string& parameters) {
  const auto rows =
      tx.exec_text(how + " EXECUTE looked_at" + (parameters.empty() ? "" : "(" + parameters + ")"));
  std::string plan;
  for (std::size_t i = 0; i < rows.size(); ++i) plan += rows[i].next<std::string>() + "\n";
  tx.exec_text("DEALLOCATE looked_at");
  return plan;
}

}  // namespace

bool is_of_the_audit(const db::Statement& statement) {
  static const std::set<std::string_view> kOthers{"app.owners", "app.log", "app.log_ends",
                                                  "carts.held_by_sku", "carts.problems"};
  const std::string_view name{statement.name()};
  return name.contains(".audit_") || kOthers.contains(name);
}

std::string generic_plan(db::Transaction& tx, const db::Statement& statement) {
  if (std::string_view{statement.sql()}.starts_with("SET ")) return {};
  tx.exec_text("PREPARE looked_at AS " + std::string{statement.sql()});
  const auto count = tx.exec_text(
      "SELECT coalesce(cardinality(parameter_types), 0) FROM pg_prepared_statements WHERE name = "
      "'looked_at'");
  const auto parameters = count[0].next<int>();
  std::string nulls;
  for (int i = 0; i < parameters; ++i) nulls += i == 0 ? "NULL" : ", NULL";
  // These are in none of the partitions, which the plan would not show then.
  tx.exec_text("SET LOCAL enable_partition_pruning = off");
  auto plan = explained(tx, "EXPLAIN", nulls);
  tx.exec_text("SET LOCAL enable_partition_pruning = on");
  return plan;
}

std::string plan_of_run(db::Transaction& tx, const db::Statement& statement, const std::string& parameters) {
  tx.exec_text("PREPARE looked_at AS " + std::string{statement.sql()});
  return explained(tx, "EXPLAIN (ANALYZE)", parameters);
}

std::vector<IndexUse> uses_of_indexes(const std::string& plan) {
  static const std::regex kUse{
      R"(( using | Bitmap Index Scan on )(\S+)(?: on (\S+))?([^\n]*)(?:\n +Index Cond: ([^\n]*))?(?:\n +Filter: ([^\n]*))?)"};
  std::vector<IndexUse> uses;
  for (std::sregex_iterator at{plan.begin(), plan.end(), kUse}, end; at != end; ++at) {
    const auto& found = *at;
    uses.push_back({.index = found[2],
                    .table = found[3],
                    .condition = found[5],
                    .filter = found[6],
                    .is_executed = !found[4].str().contains("never executed")});
  }
  return uses;
}

bool reads_all_for_a_key(const IndexUse& use, const std::string& first_column) {
  static const std::regex kKey{R"(\w+ = (\$\d|ANY \(\$\d|\w+\.\w))"};
  if (use.condition.empty()) return std::regex_search(use.filter, kKey);
  const auto is_of_name = [](char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (auto at = use.condition.find(first_column); at != std::string::npos;
       at = use.condition.find(first_column, at + 1)) {
    const auto end = at + first_column.size();
    const bool begins = at == 0 || !is_of_name(use.condition[at - 1]);
    const bool ends = end == use.condition.size() || !is_of_name(use.condition[end]);
    if (begins && ends) return false;
  }
  return true;
}

bool compares_row_by_row(const std::string& plan) {
  static const std::regex kJoin{
      R"(Join Filter: [^\n]*\((\w+\.\w+|\(unnest\(\$\d+\)\)) = (\w+\.\w+|\(unnest\(\$\d+\)\))\))"};
  return std::regex_search(plan, kJoin);
}

}  // namespace shopflow::testing
