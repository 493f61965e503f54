#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "shopflow/db/statement.hpp"
#include "shopflow/db/transaction.hpp"

namespace shopflow::db {

/// The text of one part of a joint statement; its parameters are numbered from $1.
struct JointPart {
  std::string_view with;  // a common table expression that it needs, "" for none
  std::string_view text;  // an INSERT or UPDATE; or a SELECT of what has to be there
  std::size_t parameters = 0;
};

/// The parts as one statement, whose first parameters are the rows that each part has to count, in the order
/// of the parts.
[[nodiscard]] std::string joint_text(std::span<const JointPart> parts);

/// What several statements would write, written by one that is its own transaction: for what was decided over
/// memory instead of locked rows. It fails with SqlError and changes nothing unless each part finds as many
/// rows as it has. The parts lock in their order, since each is begun when the one before is done.
///
/// A set of rows has `kText`, `kParameters` and, where it needs one, `kWith`, as in JointPart; `size()`, and
/// `parameters()`, a tuple of what Transaction::exec takes. One without rows changes nothing and costs its
/// share.
template <class... Sets>
class JointStatement {
 public:
  explicit JointStatement(const char* name)
      : text_{joint_text(std::array{part_of<Sets>()...})}, statement_{name, text_.c_str()} {}

  void write(Transaction& tx, const Sets&... sets) const {
    const auto run = [&](const auto&... parameters) { tx.exec(statement_, parameters...); };
    std::apply(run,
               std::tuple_cat(std::tuple{static_cast<std::int64_t>(sets.size())...}, sets.parameters()...));
  }

 private:
  template <class Set>
  static constexpr JointPart part_of() {
    std::string_view with;
    if constexpr (requires { Set::kWith; }) with = Set::kWith;
    return {with, Set::kText, Set::kParameters};
  }

  std::string text_;
  Statement statement_;
};

/// Runs the statement of one set of rows by itself.
template <class Set>
Rows write_rows(Transaction& tx, const Statement& statement, const Set& set) {
  const auto run = [&](const auto&... parameters) { return tx.exec(statement, parameters...); };
  return std::apply(run, set.parameters());
}

}  // namespace shopflow::db
