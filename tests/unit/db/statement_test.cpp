#include "shopflow/db/statement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace shopflow::db {
namespace {

const Statement kOne{"statement_test.one", "SELECT 1"};
const Statement kTwo{"statement_test.two", "SELECT 2"};

TEST(Statement, DeclaringItRegistersItUnderANumberOfItsOwn) {
  const auto& all = Statement::all();
  EXPECT_NE(std::ranges::find(all, &kOne), all.end());
  EXPECT_NE(std::ranges::find(all, &kTwo), all.end());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i]->number(), i);
}

TEST(Statement, NamesAreUniqueSinceTheyNameWhatIsPreparedInASession) {
  std::set<std::string_view> names;
  for (const auto* statement : Statement::all())
    EXPECT_TRUE(names.insert(statement->name()).second) << statement->name();
}

}  // namespace
}  // namespace shopflow::db
