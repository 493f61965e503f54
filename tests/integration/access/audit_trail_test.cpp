#include "shopflow/access/audit_trail.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "access/audit_rows.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/migrator.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/postgres_proxy.hpp"
#include "support/run.hpp"
#include "support/test_database.hpp"
#include "support/test_roles.hpp"
#include "support/until.hpp"

namespace shopflow::access {
namespace {

using shopflow::testing::run;
using shopflow::testing::run_all;

/// One server's part in the log.
struct Server {
  explicit Server(const std::string& url, const AuditChain& chain)
      : trail{{.name = "audit", .connection = {.url = url}, .queue_max = 1000},
              chain,
              clock,
              [this](const AuditHead& head) { exported.push_back(head); }} {}

  [[nodiscard]] Result<void> write(const std::string& path) {
    http::Request request;
    request.method = http::Method::post;
    request.path = path;
    return run(trail.begin(request));
  }
  void write_at_once(int count) {
    std::vector<http::Request> requests(static_cast<std::size_t>(count));
    std::vector<boost::asio::awaitable<Result<void>>> works;
    for (auto& request : requests) works.push_back(trail.begin(request));
    for (const auto& written : run_all(std::move(works))) EXPECT_TRUE(written);
  }
  [[nodiscard]] std::uint64_t quick() const { return trail.stats().quick; }

  SystemClock clock;
  std::vector<AuditHead> exported;
  AuditTrail trail;
};

class AuditTrailTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::int64_t rows() const { return database_.number("SELECT count(*) FROM audit_log"); }
  void expect_whole(std::int64_t count) {
    EXPECT_EQ(rows(), count);
    connection_.read([&](db::Transaction& tx) { EXPECT_TRUE(chain_.verify(tx).empty()); });
  }
  /// Until somebody waits for the lock of the log.
  void await_waiting() const {
    EXPECT_TRUE(testing::until([&] {
      return database_.number(
                 "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = "
                 "(SELECT oid FROM pg_database WHERE datname = current_database())") > 0;
    }));
  }
  AuditHead append_elsewhere(const std::string& path) {
    const AuditEntry entry{.at = now_, .stage = "command", .path = path};
    AuditHead head;
    connection_.transact([&](db::Transaction& tx) { head = chain_.append(tx, {&entry, 1}); });
    return head;
  }

  testing::TestDatabase database_;
  Timestamp now_ = SystemClock{}.now();
  AuditChain chain_{AuditChain::Key{1, 2, 3}};
  db::Connection connection_{database_.settings()};
};

TEST_F(AuditTrailTest, AnEntryIsOneStatementOnceTheHeadIsKnown) {
  Server server{database_.url(), chain_};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(server.write("/v1/admin/keys"));
  server.write_at_once(20);
  EXPECT_EQ(server.quick(), 24U);
  expect_whole(25);
}

TEST_F(AuditTrailTest, WhatAnotherServerHasWrittenIsFollowed) {
  Server one{database_.url(), chain_};
  Server two{database_.url(), chain_};
  for (int i = 0; i < 5; ++i) {
    for (int n = 0; n < 3; ++n) EXPECT_TRUE(one.write("/one"));
    for (int n = 0; n < 3; ++n) EXPECT_TRUE(two.write("/two"));
  }
  expect_whole(30);
  // Only the first of each three had to look for the head.
  EXPECT_EQ(one.quick(), 10U);
  EXPECT_EQ(two.quick(), 10U);
}

TEST_F(AuditTrailTest, ServersThatWriteAtOnceMakeOneChain) {
  {
    std::vector<std::jthread> servers;
    for (int i = 0; i < 3; ++i) {
      servers.emplace_back([&] {
        Server server{database_.url(), chain_};
        for (int n = 0; n < 10; ++n) {
          EXPECT_TRUE(server.write("/v1/admin/keys"));
          server.write_at_once(3);
        }
      });
    }
    for (int n = 0; n < 20; ++n) (void)append_elsewhere("mails retry");
  }
  expect_whole(140);
}

TEST_F(AuditTrailTest, WhoIsOvertakenWhileItWaitsFollowsWhatWasWritten) {
  Server server{database_.url(), chain_};
  EXPECT_TRUE(server.write("/first"));
  std::future<Result<void>> late;
  const AuditEntry entry{.at = now_, .stage = "command", .path = "overtakes"};
  connection_.transact([&](db::Transaction& tx) {
    (void)chain_.append(tx, {&entry, 1});
    late = std::async(std::launch::async, [&] { return server.write("/late"); });
    await_waiting();
  });
  EXPECT_TRUE(late.get());
  EXPECT_EQ(server.quick(), 0U);
  expect_whole(3);
  EXPECT_EQ(database_.sql("SELECT path FROM audit_log WHERE position = 3"), "/late");
}

TEST_F(AuditTrailTest, AHeadThatIsNoMoreIsNotFollowed) {
  Server server{database_.url(), chain_};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(server.write("/before"));
  // As when the database comes back from a copy that lacks the end.
  database_.sql("ALTER TABLE audit_log DISABLE TRIGGER audit_log_stays");
  database_.sql("DELETE FROM audit_log WHERE position = 3");
  EXPECT_TRUE(server.write("/after"));
  EXPECT_TRUE(server.write("/after"));
  expect_whole(4);
}

TEST_F(AuditTrailTest, AServerThatStartsGoesOnWithTheChain) {
  for (int start = 1; start <= 3; ++start) {
    Server server{database_.url(), chain_};
    EXPECT_TRUE(server.write("/a"));
    EXPECT_TRUE(server.write("/b"));
    server.trail.stop();
    ASSERT_EQ(server.exported.size(), 1U);
    EXPECT_EQ(server.exported[0].position, 2 * start);
    EXPECT_EQ(database_.sql("SELECT encode(hash, 'hex') FROM audit_log ORDER BY position DESC LIMIT 1"),
              to_hex(server.exported[0].hash));
  }
  expect_whole(6);
}

TEST_F(AuditTrailTest, AnEntryWhoseAnswerIsLostStandsOnceAndIsTold) {
  testing::PostgresProxy proxy{database_.url()};
  Server server{proxy.url(), chain_};
  // The first is written with the lock, the second by one statement.
  for (int lost = 1; lost <= 2; ++lost) {
    proxy.lose_next_answer_to_commit();
    EXPECT_TRUE(server.write("/lost"));
    EXPECT_EQ(proxy.lost(), lost);
  }
  EXPECT_TRUE(server.write("/after"));
  EXPECT_EQ(server.quick(), 1U);
  expect_whole(3);
}

TEST_F(AuditTrailTest, WhatCantBeWrittenIsToldAndWhatComesLaterIsWritten) {
  Server server{database_.url(), chain_};
  EXPECT_TRUE(server.write("/a"));
  EXPECT_TRUE(server.write("/b"));
  database_.sql("ALTER TABLE audit_log ADD CONSTRAINT closed CHECK (path <> '/c') NOT VALID");
  EXPECT_EQ(server.write("/c").error().code, "internal");
  EXPECT_TRUE(server.write("/d"));
  database_.refuse_sessions();
  EXPECT_EQ(server.write("/e").error().code, "database_unavailable");
  database_.admit_sessions();
  EXPECT_TRUE(server.write("/f"));
  expect_whole(4);
}

TEST_F(AuditTrailTest, TheServersRoleWritesIt) {
  const testing::TestRoles roles{database_};
  db::Migrator{{.connection = database_.settings()}}.give_rights(roles.app(), roles.reader());
  {
    Server server{roles.url_as(roles.app()), chain_};
    EXPECT_TRUE(server.write("/a"));
    EXPECT_TRUE(server.write("/b"));
    EXPECT_EQ(server.quick(), 1U);
  }
  expect_whole(2);
}

TEST_F(AuditTrailTest, NoRowWaitsForTheDisk) {
  database_.sql("ALTER DATABASE " + database_.name() + " SET synchronous_commit = local");
  database_.sql(
      "ALTER TABLE audit_log ADD CONSTRAINT soon CHECK (current_setting('synchronous_commit') = 'off') NOT "
      "VALID");
  Server server{database_.url(), chain_};
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(server.write("/a"));
  EXPECT_EQ(server.quick(), 1U);
}

TEST_F(AuditTrailTest, AHeadThatIsLostIsNotExported) {
  Server server{database_.url(), chain_};
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(server.write("/a"));
  // As after a crash of PostgreSQL right behind the commit.
  database_.sql("ALTER TABLE audit_log DISABLE TRIGGER audit_log_stays");
  database_.sql("DELETE FROM audit_log WHERE position = 2");
  server.trail.export_head();
  EXPECT_TRUE(server.exported.empty());
  EXPECT_TRUE(server.write("/b"));
  server.trail.export_head();
  ASSERT_EQ(server.exported.size(), 1U);
  EXPECT_EQ(server.exported[0].position, 2);
  expect_whole(2);
}

TEST_F(AuditTrailTest, AHeadIsExportedWhenItIsOnDisk) {
  database_.sql("ALTER DATABASE " + database_.name() + " SET synchronous_commit = local");
  Server server{database_.url(), chain_};
  EXPECT_TRUE(server.write("/a"));
  const auto end = database_.sql("SELECT pg_current_wal_insert_lsn()");
  server.trail.export_head();
  EXPECT_EQ(server.exported.size(), 1U);
  EXPECT_EQ(database_.sql("SELECT pg_current_wal_flush_lsn() >= '" + end + "'"), "t");
}

TEST_F(AuditTrailTest, AHeadIsExportedWhenTheDatabaseCanSayThatItHasIt) {
  Server server{database_.url(), chain_};
  EXPECT_TRUE(server.write("/a"));
  database_.refuse_sessions();
  server.trail.export_head();
  EXPECT_TRUE(server.exported.empty());
  database_.admit_sessions();
  server.trail.export_head();
  EXPECT_EQ(server.exported.size(), 1U);
}

TEST_F(AuditTrailTest, RowsThatDoNotFollowTheHeadAreNotWritten) {
  const auto old = append_elsewhere("/a");
  const AuditEntry entry{.at = now_, .stage = "begun", .path = "/x"};
  const auto append = [&](const AuditHead& head) {
    connection_.run_alone([&](db::Transaction& tx) { append_quickly(tx, chain_.follow(head, {&entry, 1})); });
  };
  auto other = old;
  other.hash.back() ^= 1U;
  EXPECT_THROW(append(other), AuditHeadMoved);
  append(old);
  EXPECT_THROW(append(old), AuditHeadMoved);
  EXPECT_THROW(append({.position = 5, .hash = old.hash}), AuditHeadMoved);
  EXPECT_THROW(append({}), AuditHeadMoved);
  expect_whole(2);
}

}  // namespace
}  // namespace shopflow::access
