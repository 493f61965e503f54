#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <memory>
#include <set>
#include <string>

#include "shopflow/db/statement.hpp"
#include "support/test_database.hpp"

namespace shopflow::db {
namespace {

using Session = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

TEST(Statements, EachOfThemPreparesAgainstAFreshDatabase) {
  const shopflow::testing::TestDatabase database;
  const Session session{PQconnectdb(database.url().c_str()), &PQfinish};
  ASSERT_EQ(PQstatus(session.get()), CONNECTION_OK);
  // Fewer would mean that the linker has left out the rooms.
  ASSERT_GT(Statement::all().size(), 60U);
  for (const auto* statement : Statement::all()) {
    const Answer answer{PQprepare(session.get(), statement->name(), statement->sql(), 0, nullptr), &PQclear};
    EXPECT_EQ(PQresultStatus(answer.get()), PGRES_COMMAND_OK)
        << statement->name() << ": " << PQresultErrorMessage(answer.get());
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
