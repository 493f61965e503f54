#include <gtest/gtest.h>

#include <pqxx/pqxx>
#include <set>

#include "shopflow/db/statement.hpp"
#include "support/test_database.hpp"

namespace shopflow::db {
namespace {

TEST(Statements, EachOfThemPreparesAgainstAFreshDatabase) {
  const shopflow::testing::TestDatabase database;
  pqxx::connection connection{database.url()};
  // Fewer would mean that the linker has left out the rooms.
  ASSERT_GT(Statement::all().size(), 60U);
  for (const auto* statement : Statement::all()) {
    pqxx::nontransaction session{connection};
    const auto prepare = std::string{"PREPARE one AS "} + statement->sql();
    EXPECT_NO_THROW(session.exec(prepare); session.exec("DEALLOCATE one")) << statement->name();
  }
}

TEST(Statements, NoTwoHaveTheSameName) {
  std::set<std::string_view> names;
  for (const auto* statement : Statement::all())
    EXPECT_TRUE(names.insert(statement->name()).second) << statement->name();
}

TEST(Statements, EachIsNamedAfterTheRoomOrTheTableThatItServes) {
  for (const auto* statement : Statement::all())
    EXPECT_NE(std::string_view{statement->name()}.find('.'), std::string_view::npos) << statement->name();
}

}  // namespace
}  // namespace shopflow::db
