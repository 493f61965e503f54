#include <gtest/gtest.h>

#include <pqxx/pqxx>

#include "shopflow/db/statement.hpp"
#include "support/test_database.hpp"

namespace shopflow::db {
namespace {

TEST(Statements, EveryStatementOfTheRoomsBelowPreparesAgainstAFreshDatabase) {
  const shopflow::testing::TestDatabase database;
  pqxx::connection connection{database.url()};
  ASSERT_GT(Statement::all().size(), 20U);
  for (const auto* statement : Statement::all()) {
    if (std::string_view{statement->name()}.find("_test.") != std::string_view::npos) continue;
    pqxx::nontransaction session{connection};
    const auto prepare = std::string{"PREPARE one AS "} + statement->sql();
    EXPECT_NO_THROW(session.exec(prepare); session.exec("DEALLOCATE one")) << statement->name();
  }
}

}  // namespace
}  // namespace shopflow::db
