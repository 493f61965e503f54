#include "shopflow/db/connection.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <pqxx/pqxx>
#include <thread>

#include "shopflow/db/error.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/postgres_proxy.hpp"
#include "support/test_database.hpp"
#include "support/until.hpp"

namespace shopflow::db {
namespace {

using shopflow::testing::TestDatabase;

const Statement kInsert{"connection_test.insert", "INSERT INTO numbers (n) VALUES ($1)"};
const Statement kInsertQuickly{"connection_test.insert_quickly", "INSERT INTO numbers (n) VALUES ($1)"};
const Statement kSelect{"connection_test.select", "SELECT n FROM numbers ORDER BY n"};
const Statement kBroken{"connection_test.broken", "SELECT n / 0 FROM numbers WHERE n = $1"};
const Statement kWrong{"connection_test.wrong", "SELECT no_such_column FROM numbers"};
const Statement kUpdate{"connection_test.update", "UPDATE numbers SET hits = hits + 1 WHERE n = $1"};

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() {
    database.sql("CREATE TABLE numbers (n integer PRIMARY KEY, hits integer NOT NULL DEFAULT 0)");
  }
  std::int64_t count() { return database.number("SELECT count(*) FROM numbers"); }
  void open() {
    connection.read([](Transaction& tx) { tx.exec(kSelect); });
  }
  TestDatabase database;
  Connection connection{database.settings()};
};

TEST_F(ConnectionTest, CommitsWhatTheWorkDid) {
  connection.transact([](Transaction& tx) { tx.exec(kInsert, 1); });
  EXPECT_EQ(count(), 1);
}

TEST_F(ConnectionTest, RollsBackWhenTheWorkThrowsAndServesTheNext) {
  const auto fail = [](Transaction& tx) {
    tx.exec(kInsert, 1);
    throw std::runtime_error{"no"};
  };
  EXPECT_THROW(connection.transact(fail), std::runtime_error);
  EXPECT_EQ(count(), 0);
  connection.transact([](Transaction& tx) { tx.exec(kInsert, 2); });
  EXPECT_EQ(count(), 1);
}

TEST_F(ConnectionTest, ACommitWaitsForTheDiskUnlessTheSessionSaysOtherwise) {
  database.sql("ALTER DATABASE " + database.name() + " SET synchronous_commit = local");
  const auto commits = [](Transaction& tx) {
    return tx.exec_text("SHOW synchronous_commit")[0].next<std::string>();
  };
  auto settings = database.settings();
  settings.asynchronous_commit = true;
  Connection asynchronous{settings};
  asynchronous.transact([&](Transaction& tx) {
    EXPECT_EQ(commits(tx), "off");
    for (int i = 0; i < 2; ++i) tx.commit_synchronously();
    EXPECT_EQ(commits(tx), "local");
  });
  asynchronous.read([&](Transaction& tx) {
    EXPECT_EQ(commits(tx), "off") << "only that transaction";
    EXPECT_THROW(tx.commit_synchronously(), std::logic_error);
  });
}

TEST_F(ConnectionTest, WhatBelongsToASessionEndsWithIt) {
  struct Tally {
    int count = 0;
  };
  const auto next = [this] {
    int count = 0;
    connection.read([&](Transaction& tx) { count = ++tx.of_session<Tally>().count; });
    return count;
  };
  EXPECT_EQ(next(), 1);
  EXPECT_EQ(next(), 2);
  database.terminate_sessions();
  EXPECT_EQ(next(), 3) << "nothing was asked of PostgreSQL that could have told";
  connection.close();
  EXPECT_EQ(next(), 1);
}

TEST_F(ConnectionTest, NamesTheConstraintThatBroke) {
  connection.transact([](Transaction& tx) { tx.exec(kInsert, 1); });
  try {
    connection.transact([](Transaction& tx) { tx.exec(kInsert, 1); });
    FAIL() << "the second insert went through";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.sqlstate(), "23505");
    EXPECT_EQ(error.constraint(), "numbers_pkey");
  }
}

TEST_F(ConnectionTest, AFailureThatTheWorkSwallowsIsNotTakenForACommit) {
  const auto swallow = [](Transaction& tx) {
    tx.exec(kInsert, 1);
    try {
      tx.exec(kBroken, 1);
    } catch (const SqlError&) {
    }
  };
  EXPECT_THROW(connection.transact(swallow), SqlError);
  EXPECT_EQ(count(), 0);
}

TEST_F(ConnectionTest, AStatementFirstPreparedInATransactionThatFailsCanBeUsedAgain) {
  const auto fail = [](Transaction& tx) {
    tx.exec(kInsert, 1);
    tx.exec(kBroken, 1);
  };
  EXPECT_THROW(connection.transact(fail), SqlError);
  EXPECT_THROW(connection.transact(fail), SqlError);
  connection.transact([](Transaction& tx) { tx.exec(kInsert, 1); });
  EXPECT_EQ(count(), 1);
}

TEST_F(ConnectionTest, AStatementThatCannotBePreparedFailsEachTimeAndHarmsNothing) {
  EXPECT_THROW(connection.read([](Transaction& tx) { tx.exec(kWrong); }), SqlError);
  EXPECT_THROW(connection.transact([](Transaction& tx) { tx.exec(kWrong); }), SqlError);
  open();
}

TEST_F(ConnectionTest, ASessionThatBrokeWhileIdleIsReplacedWithoutAnyoneNoticing) {
  open();
  // One that made the table or looked on may be on its way out still.
  EXPECT_GE(database.terminate_sessions(), 1);
  connection.transact([](Transaction& tx) { tx.exec(kInsert, 1); });
  EXPECT_GE(database.terminate_sessions(), 1);
  connection.read([](Transaction& tx) { EXPECT_EQ(tx.exec(kSelect).size(), 1U); });
}

TEST_F(ConnectionTest, ANewSessionHasTheSettingsOfTheFirst) {
  open();
  database.terminate_sessions();
  connection.read([](Transaction& tx) {
    EXPECT_EQ(tx.exec_text("SHOW lock_timeout")[0].next<std::string>(), "2s");
    EXPECT_EQ(tx.exec_text("SHOW timezone")[0].next<std::string>(), "UTC");
  });
}

TEST_F(ConnectionTest, ASessionThatBreaksUnderTheWorkIsUnavailableAndTheNextCallHeals) {
  const auto broken = [&](Transaction& tx) {
    tx.exec(kInsert, 1);
    database.terminate_sessions();
    tx.exec(kSelect);
  };
  EXPECT_THROW(connection.transact(broken), Unavailable);
  EXPECT_FALSE(connection.is_open());
  EXPECT_EQ(count(), 0);
  connection.transact([](Transaction& tx) { tx.exec(kInsert, 1); });
  EXPECT_EQ(count(), 1);
}

TEST_F(ConnectionTest, NothingMoreRunsInATransactionWhoseSessionBroke) {
  const auto stubborn = [&](Transaction& tx) {
    database.terminate_sessions();
    EXPECT_THROW(tx.exec(kInsert, 1), Unavailable);
    EXPECT_THROW(tx.exec(kInsert, 2), Unavailable);
  };
  EXPECT_THROW(connection.transact(stubborn), Unavailable);
  EXPECT_EQ(count(), 0);
}

TEST_F(ConnectionTest, ASessionThatBreaksBeforeTheAnswerToCommitIsInDoubt) {
  const auto lost = [&](Transaction& tx) {
    tx.exec(kInsert, 1);
    database.terminate_sessions();
  };
  EXPECT_THROW(connection.transact(lost), InDoubt);
  EXPECT_EQ(count(), 0);
  connection.transact([](Transaction& tx) { tx.exec(kInsert, 1); });
  EXPECT_EQ(count(), 1);
}

/// What was cached may be wrong if the commit took effect, and is wrongly forgotten without harm if not.
TEST_F(ConnectionTest, WhatIsHarmlessIsDoneInADoubtAndAgainOnceTheSessionHasEnded) {
  for (const bool alone : {false, true}) {
    shopflow::testing::PostgresProxy proxy{database.url()};
    auto settings = database.settings();
    settings.url = proxy.url();
    Connection doubtful{settings};
    std::vector<std::string> done;
    const auto write = [&](Transaction& tx) {
      tx.after_commit([&] { done.emplace_back("certain"); });
      tx.after_commit_or_doubt([&] { done.emplace_back("harmless"); });
      alone ? tx.exec(kInsertQuickly, 2) : tx.exec(kInsert, 1);
    };
    doubtful.read([](Transaction& tx) { tx.exec(kSelect); });
    proxy.lose_next_answer_to_commit();
    const auto run = [&] { alone ? doubtful.run_alone(write) : doubtful.transact(write); };
    EXPECT_THROW(run(), InDoubt);
    EXPECT_EQ(done, std::vector<std::string>{"harmless"});
    doubtful.read([](Transaction& tx) { tx.exec(kSelect); });
    EXPECT_EQ(done, std::vector<std::string>(2, "harmless"));
    doubtful.close();
    doubtful.read([](Transaction& tx) { tx.exec(kSelect); });
    EXPECT_EQ(done.size(), 2U);
  }
  EXPECT_EQ(count(), 2);
}

TEST_F(ConnectionTest, AServerThatIsNotThereIsUnavailable) {
  Connection nowhere{{.url = "postgresql:///none?host=/nonexistent"}};
  EXPECT_THROW(nowhere.read([](Transaction&) {}), Unavailable);
}

TEST_F(ConnectionTest, ATimeLimitThatStandsInTheAddressIsTheOneThatCounts) {
  Connection patient{{.url = database.url() + "&connect_timeout=60"}};
  patient.read([](Transaction& tx) { EXPECT_TRUE(tx.exec(kSelect).empty()); });
  // Of ours, appended, it would never be known that this is none.
  Connection odd{{.url = database.url() + "&connect_timeout=whenever"}};
  EXPECT_THROW(odd.read([](Transaction&) {}), Unavailable);
  const auto cluster = shopflow::testing::Cluster::of_tests();
  const auto words =
      fmt::format("dbname = {} host = {} user = {}", database.name(), cluster.host, cluster.user);
  Connection spaced{{.url = words + " connect_timeout = 60"}};
  spaced.read([](Transaction& tx) { EXPECT_TRUE(tx.exec(kSelect).empty()); });
  Connection odd_and_spaced{{.url = words + " connect_timeout = whenever"}};
  EXPECT_THROW(odd_and_spaced.read([](Transaction&) {}), Unavailable);
  // What looks like one and is a part of something else takes nothing away.
  Connection named{{.url = words + " password = 'a://b?connect_timeout=whenever'"}};
  named.read([](Transaction& tx) { EXPECT_TRUE(tx.exec(kSelect).empty()); });
}

TEST_F(ConnectionTest, WaitsForALockAsLongAsItIsSetToAndTriesThreeTimes) {
  connection.transact([](Transaction& tx) { tx.exec(kInsert, 1); });
  pqxx::connection other{database.url()};
  pqxx::work holding{other};
  holding.exec("UPDATE numbers SET hits = 0");
  auto settings = database.settings();
  settings.lock_timeout = std::chrono::milliseconds{10};
  Connection impatient{settings};
  int runs = 0;
  const auto work = [&](Transaction& tx) {
    ++runs;
    tx.exec(kUpdate, 1);
  };
  EXPECT_THROW(impatient.transact(work), SqlError);
  EXPECT_EQ(runs, 3);
}

TEST_F(ConnectionTest, TheVictimOfADeadlockRunsAgain) {
  connection.transact([](Transaction& tx) {
    tx.exec(kInsert, 1);
    tx.exec(kInsert, 2);
  });
  std::atomic<int> holding{0};
  std::atomic<int> runs{0};
  const auto cross = [&](int first, int second) {
    Connection own{database.settings()};
    bool met = false;
    own.transact([&](Transaction& tx) {
      ++runs;
      const bool again = std::exchange(met, true);
      // The second time in order, since whoever crosses again may lose again.
      tx.exec(kUpdate, again ? std::min(first, second) : first);
      if (!again) {
        ++holding;
        EXPECT_TRUE(testing::until([&] { return holding == 2; }));
      }
      tx.exec(kUpdate, again ? std::max(first, second) : second);
    });
  };
  {
    const std::jthread one{[&] { cross(1, 2); }};
    const std::jthread two{[&] { cross(2, 1); }};
  }
  EXPECT_GE(runs, 3);
  EXPECT_EQ(database.number("SELECT sum(hits) FROM numbers"), 4);
}

TEST_F(ConnectionTest, ActionsAfterTheCommitRunOnceItStandsAndMayFail) {
  std::vector<std::int64_t> seen;
  connection.transact([&](Transaction& tx) {
    tx.exec(kInsert, 1);
    tx.after_commit([] { throw std::runtime_error{"the cache is gone"}; });
    tx.after_commit([&] { seen.push_back(count()); });
  });
  EXPECT_EQ(seen, (std::vector<std::int64_t>{1}));
  const auto fail = [&](Transaction& tx) {
    tx.after_commit([&] { seen.push_back(99); });
    throw std::runtime_error{"no"};
  };
  EXPECT_THROW(connection.transact(fail), std::runtime_error);
  EXPECT_EQ(seen.size(), 1U);
}

}  // namespace
}  // namespace shopflow::db
