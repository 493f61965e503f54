#include <gtest/gtest.h>

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include "shopflow/db/connection.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/patience.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"
#include "support/until.hpp"

namespace shopflow::db {
namespace {

const Statement kInsert{"standstill_test.insert", "INSERT INTO numbers (n) VALUES (1)"};
const Statement kSelect{"standstill_test.select", "SELECT n FROM numbers"};
const Statement kProcess{"standstill_test.process", "SELECT pg_backend_pid()"};

/// The backend of a connection stands still. Nobody waits for ever for one that is waited for in spite of it.
class Standstill {
 public:
  /// What it is asked first: plans are made anew before the first two writes after a statement's first use.
  enum class Before { statement, plans };
  explicit Standstill(Connection& connection, Before before = Before::statement) {
    const auto writes = before == Before::plans ? 1 : 3;
    for (int write = 0; write < writes; ++write)
      connection.transact([&](Transaction& tx) { backend_ = tx.exec(kProcess)[0].next<std::int32_t>(); });
    EXPECT_EQ(::kill(backend_, SIGSTOP), 0);
    end_ = std::jthread{[this](const std::stop_token& over) {
      std::mutex mutex;
      std::unique_lock lock{mutex};
      std::condition_variable_any never;
      never.wait_for(lock, over, std::chrono::seconds{30}, [] { return false; });
      ::kill(backend_, SIGCONT);
    }};
  }
  Standstill(const Standstill&) = delete;
  Standstill& operator=(const Standstill&) = delete;

 private:
  pid_t backend_ = 0;
  std::jthread end_;
};

/// Until the database serves it: a session whose outcome is in doubt has to end before, which takes its time.
void await_served(Connection& connection) {
  const auto is_served = [&] {
    try {
      connection.read([](Transaction& tx) { tx.exec(kSelect); });
      return true;
    } catch (const Unavailable&) {
      return false;
    }
  };
  EXPECT_TRUE(testing::until(is_served));
}

class StandstillTest : public ::testing::Test {
 protected:
  StandstillTest() { database_.sql("CREATE TABLE numbers (n integer)"); }
  testing::TestDatabase database_;
};

TEST_F(StandstillTest, ABackendThatStandsStillIsWaitedForNoLongerThanAStatementMayTake) {
  auto settings = database_.settings();
  settings.statement_timeout = std::chrono::milliseconds{500};
  Connection patient{settings};
  {
    const Standstill still{patient};
    EXPECT_THROW(patient.run_alone([](Transaction& tx) { tx.exec(kInsert); }), InDoubt);
    // Nobody knows what it will do yet.
    EXPECT_THROW(patient.read([](Transaction& tx) { tx.exec(kSelect); }), Unavailable);
  }
  await_served(patient);
}

TEST_F(StandstillTest, OneThatIsMetWhilePlansAreMadeAnewLeavesNoDoubt) {
  auto settings = database_.settings();
  settings.statement_timeout = std::chrono::milliseconds{500};
  Connection patient{settings};
  {
    const Standstill still{patient, Standstill::Before::plans};
    bool is_in_doubt = false;
    const auto insert = [&] {
      try {
        patient.run_alone([](Transaction& tx) { tx.exec(kInsert); });
      } catch (const InDoubt&) {
        is_in_doubt = true;
        throw;
      }
    };
    EXPECT_THROW(insert(), Unavailable);
    EXPECT_FALSE(is_in_doubt);
  }
  await_served(patient);
  EXPECT_EQ(database_.number("SELECT count(*) FROM numbers"), 0);
}

TEST_F(StandstillTest, AServerThatIsToEndWaitsForNoDatabase) {
  auto settings = database_.settings();
  settings.statement_timeout = std::chrono::hours{1};
  Connection connection{settings};
  {
    const Standstill still{connection};
    const ShortPatience ending{std::chrono::milliseconds{200}};
    EXPECT_THROW(connection.read([](Transaction& tx) { tx.exec(kSelect); }), Unavailable);
  }
  connection.read([](Transaction& tx) { tx.exec(kSelect); });
}

}  // namespace
}  // namespace shopflow::db
