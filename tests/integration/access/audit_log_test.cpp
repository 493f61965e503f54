#include "shopflow/access/audit_log.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "shopflow/db/connection.hpp"
#include "shopflow/db/error.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::access {
namespace {

class AuditLogTest : public ::testing::Test {
 protected:
  [[nodiscard]] AuditEntry entry(const std::string& path) const {
    return {.at = now_,
            .stage = "ended",
            .key = key_,
            .actor = "portal",
            .role = "support",
            .method = "POST",
            .path = path,
            .subject = R"({"amount":5})",
            .status = std::int16_t{201},
            .trace_id = "0af7651916cd43dd8448eb211c80319c",
            .remote = "192.0.2.1"};
  }
  void append(const std::vector<AuditEntry>& entries) {
    connection_.transact([&](db::Transaction& tx) { (void)chain_.append(tx, entries); });
  }
  std::vector<Difference> verify(const AuditChain& chain) {
    std::vector<Difference> found;
    connection_.read([&](db::Transaction& tx) { found = chain.verify(tx); });
    return found;
  }
  /// What only an owner who takes the guard away can do.
  void tamper(const std::string& sql) const {
    database_.sql("ALTER TABLE audit_log DISABLE TRIGGER audit_log_stays");
    database_.sql(sql);
    database_.sql("ALTER TABLE audit_log ENABLE TRIGGER audit_log_stays");
  }

  testing::TestDatabase database_;
  Timestamp now_ = SystemClock{}.now();
  KeyId key_ = KeyId::make(now_);
  AuditChain chain_{AuditChain::Key{1, 2, 3}};
  db::Connection connection_{database_.settings()};
};

TEST_F(AuditLogTest, AChainThatNobodyTouchedHolds) {
  append({entry("/a"), entry("/b")});
  append({entry("/c")});
  EXPECT_TRUE(verify(chain_).empty());
  EXPECT_EQ(database_.number("SELECT max(position) FROM audit_log"), 3);
}

TEST_F(AuditLogTest, GivesBackWhatWasWrittenNewestFirst) {
  auto bare = entry("/b");
  bare.key.reset();
  bare.status.reset();
  append({entry("/a"), bare});
  std::vector<AuditRecord> found;
  connection_.read([&](db::Transaction& tx) { found = list_audit_log(tx, {}, 10); });
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].entry.path, "/b");
  EXPECT_FALSE(found[0].entry.key);
  EXPECT_FALSE(found[0].entry.status);
  EXPECT_EQ(found[1].entry.key, key_);
  EXPECT_EQ(found[1].entry.status, 201);
  EXPECT_EQ(found[1].entry.at, now_);
  connection_.read([&](db::Transaction& tx) { found = list_audit_log(tx, 2, 10); });
  EXPECT_EQ(found.size(), 1U);
}

TEST_F(AuditLogTest, EveryColumnIsPartOfTheHash) {
  append({entry("/a"), entry("/b"), entry("/c")});
  for (const auto* change :
       {"at = at + interval '1 microsecond'", "stage = 'begun'", "key_id = NULL", "actor = 'x'",
        "role = 'admin'", "method = 'GET'", "path = '/x'", "subject = ''", "status = 200", "trace_id = ''",
        "remote = ''", "actor = 'portalsupport', role = ''", "hash = sha256('x')"}) {
    SCOPED_TRACE(change);
    database_.sql("DROP TABLE IF EXISTS kept");
    database_.sql("CREATE TABLE kept AS TABLE audit_log");
    tamper("UPDATE audit_log SET " + std::string{change} + " WHERE position = 2");
    const auto found = verify(chain_);
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].subject, "position 2");
    tamper("DELETE FROM audit_log");
    database_.sql("INSERT INTO audit_log TABLE kept");
    ASSERT_TRUE(verify(chain_).empty());
  }
}

TEST_F(AuditLogTest, ARowThatWasTakenOutOrPutInShows) {
  append({entry("/a"), entry("/b"), entry("/c")});
  tamper("DELETE FROM audit_log WHERE position = 2");
  EXPECT_FALSE(verify(chain_).empty());
  database_.sql(
      "INSERT INTO audit_log SELECT 2, at, stage, key_id, actor, role, method, path, subject, status, "
      "trace_id, remote, hash"
      " FROM audit_log WHERE position = 1");
  EXPECT_FALSE(verify(chain_).empty());
}

TEST_F(AuditLogTest, WhoDoesNotHaveTheKeyCantMakeAChainThatHolds) {
  append({entry("/a")});
  EXPECT_FALSE(verify(AuditChain{AuditChain::Key{1, 2, 4}}).empty());
}

TEST_F(AuditLogTest, NotEvenItsOwnerChangesItInPassing) {
  append({entry("/a")});
  for (const auto* sql :
       {"UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"}) {
    EXPECT_ANY_THROW(database_.sql(sql)) << sql;
  }
  EXPECT_TRUE(verify(chain_).empty());
  EXPECT_EQ(database_.number("SELECT count(*) FROM audit_log"), 1);
}

TEST_F(AuditLogTest, ManyWhoAppendAtOnceMakeOneChain) {
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 6; ++i) {
      writers.emplace_back([&] {
        db::Connection own{database_.settings()};
        for (int n = 0; n < 20; ++n) {
          own.transact([&](db::Transaction& tx) {
            const auto one = entry("/x");
            (void)chain_.append(tx, {&one, 1});
          });
        }
      });
    }
  }
  EXPECT_EQ(database_.number("SELECT count(*) FROM audit_log"), 120);
  EXPECT_TRUE(verify(chain_).empty());
}

TEST_F(AuditLogTest, ServersThatShareADatabaseShareItsKey) {
  connection_.transact([&](db::Transaction& tx) {
    EXPECT_FALSE(AuditChain::find(tx, ""));
    const auto made = AuditChain::load(tx, "", now_);
    EXPECT_EQ(AuditChain::load(tx, "", now_).hash({}, 1, entry("/a")), made.hash({}, 1, entry("/a")));
    EXPECT_EQ(AuditChain::find(tx, "")->hash({}, 1, entry("/a")), made.hash({}, 1, entry("/a")));
  });
}

TEST_F(AuditLogTest, AnotherKeyThanTheFirstOneIsRefusedAndAMissingOneToo) {
  const std::string first(32, 'k');
  connection_.transact([&](db::Transaction& tx) { (void)AuditChain::load(tx, first, now_); });
  for (const auto& other : {std::string(32, 'l'), std::string{}}) {
    connection_.transact([&](db::Transaction& tx) {
      EXPECT_THROW((void)AuditChain::load(tx, other, now_), WrongAuditKey);
      const auto found = AuditChain::audit(tx, other);
      ASSERT_EQ(found.size(), 1U);
      EXPECT_EQ(found[0].subject, "audit.key");
    });
  }
  connection_.transact([&](db::Transaction& tx) {
    (void)AuditChain::load(tx, first, now_);
    EXPECT_TRUE(AuditChain::audit(tx, first).empty());
  });
  EXPECT_EQ(database_.number("SELECT count(*) FROM server_keys WHERE name LIKE 'audit%'"), 1);
}

TEST_F(AuditLogTest, AKeyOfTheDatabaseGoesFirstOrNotAtAll) {
  connection_.transact([&](db::Transaction& tx) {
    (void)AuditChain::load(tx, "", now_);
    EXPECT_THROW((void)AuditChain::load(tx, std::string(32, 'k'), now_), WrongAuditKey);
  });
  database_.sql("DELETE FROM server_keys WHERE name = 'audit_chain'");
  connection_.transact([&](db::Transaction& tx) {
    EXPECT_THROW((void)AuditChain::load(tx, "", now_), WrongAuditKey);
    EXPECT_EQ(AuditChain::audit(tx, "").size(), 1U);
  });
}

}  // namespace
}  // namespace shopflow::access
