#include "shopflow/db/receipts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "shopflow/db/error.hpp"
#include "shopflow/db/migrator.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/kept_answer.hpp"
#include "support/test_database.hpp"

namespace shopflow::db {
namespace {

using shopflow::testing::find_receipt;
using shopflow::testing::TestDatabase;

class ReceiptsTest : public ::testing::Test {
 protected:
  void insert(const std::vector<Receipt>& receipts, Timestamp at) {
    connection.transact([&](Transaction& tx) { insert_receipts(tx, receipts, at); });
  }
  std::optional<Receipt> find(const ReceiptKey& wanted, Timestamp at) {
    std::optional<Receipt> found;
    connection.read([&](Transaction& tx) { found = find_receipt(tx, wanted, at); });
    return found;
  }
  TestDatabase database;
  Connection connection{database.settings()};
  Timestamp now = SystemClock{}.now();
  ReceiptKey key{"key_1 POST /v1/carts", "k-1", {0x00, 0xff, 0x61}};
};

TEST_F(ReceiptsTest, AnAnswerIsFoundUnderItsKeyByteForByte) {
  insert({{key, 201, "{\"a\": \"ä\"}"}, {{key.scope, "k-2", {}}, 409, "{}"}}, now);
  const auto found = find(key, now);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->status, 201);
  EXPECT_EQ(found->body, "{\"a\": \"ä\"}");
  EXPECT_EQ(found->key.fingerprint, key.fingerprint);
  EXPECT_EQ(find({key.scope, "k-2", {}}, now)->status, 409);
  EXPECT_FALSE(find({"another scope", "k-1", {}}, now));
}

TEST_F(ReceiptsTest, TheSecondUseOfAKeyBreaksItsTransaction) {
  insert({{key, 201, "{}"}}, now);
  try {
    insert({{key, 201, "{}"}}, now);
    FAIL() << "the key was stored twice";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.constraint(), "receipts_pkey");
  }
}

TEST_F(ReceiptsTest, ALongAnswerTakesFewerBytesThanItHas) {
  std::string long_answer;
  for (int i = 0; i < 100; ++i) long_answer += R"({"amount":1000,"currency":"EUR"})";
  insert({{key, 201, long_answer}}, now);
  EXPECT_EQ(find(key, now)->body, long_answer);
  EXPECT_LT(database.number("SELECT length(body) FROM receipts"), 100);
}

TEST_F(ReceiptsTest, AnswersOfARouteAreShownWhoeverAsked) {
  const std::string route = "POST /v1/carts";
  std::vector<Receipt> receipts;
  for (int i = 0; i < 300; ++i) {
    const auto name = std::to_string(i);
    receipts.push_back({{"key_" + name + " " + route, "k", {}}, 201, name});
    receipts.push_back({{"x " + route, name, {}}, 200, "other"});
    receipts.push_back({{"x " + route + "/{id}/items", name, {}}, 201, "elsewhere"});
  }
  insert(receipts, now);
  std::vector<int> shown;
  connection.read([&](Transaction& tx) {
    for_each_answer(tx, route, 201,
                    [&](const Uuid&, const std::string& body) { shown.push_back(std::stoi(body)); });
  });
  std::ranges::sort(shown);
  std::vector<int> all(300);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(shown, all);
}

TEST_F(ReceiptsTest, AnAnswerThatCanNotBeReadIsThereAndHasNoText) {
  insert({{key, 201, "{}"}}, now);
  database.sql(R"(UPDATE receipts SET body = '\x01ff')");
  EXPECT_EQ(find(key, now)->status, kUnreadable);
  int shown = 0;
  connection.read([&](Transaction& tx) {
    for_each_answer(tx, "POST /v1/carts", 201, [&](const Uuid& place, const std::string& body) {
      ++shown;
      EXPECT_EQ(to_hyphenated(place), database.sql("SELECT id FROM receipts"));
      EXPECT_EQ(body, "");
    });
  });
  EXPECT_EQ(shown, 1);
}

/// Its key was two texts, and its body one.
TEST_F(ReceiptsTest, AnAnswerOfBeforeItWasPackedIsFoundAfterAnUpgrade) {
  const TestDatabase old{TestDatabase::Content::nothing};
  ASSERT_TRUE((Migrator{{.connection = old.settings()}, embedded_migrations().first(25)}.migrate(now)));
  old.sql(R"(INSERT INTO receipts VALUES ('key_1 POST /v1/carts', 'ä-1', '\x61', 409, '{"a": "ä"}', now()))");
  ASSERT_TRUE((Migrator{{.connection = old.settings()}}.migrate(now)));
  Connection session{old.settings()};
  session.read([&](Transaction& tx) {
    const auto found = find_receipt(tx, {"key_1 POST /v1/carts", "ä-1", {}}, now);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->body, R"({"a": "ä"})");
    EXPECT_EQ(found->status, 409);
    EXPECT_EQ(found->key.fingerprint[0], 0x61);
  });
}

TEST_F(ReceiptsTest, AnAnswerLapsesAfterADayAndIsDeletedThen) {
  insert({{key, 201, "{}"}}, now);
  EXPECT_TRUE(find(key, now + kReceiptKept - std::chrono::seconds{1}));
  EXPECT_FALSE(find(key, now + kReceiptKept));
  std::size_t deleted = 99;
  const auto sweep = [&](Timestamp at) {
    connection.transact([&](Transaction& tx) { deleted = delete_lapsed_receipts(tx, at, 10); });
  };
  sweep(now);
  EXPECT_EQ(deleted, 0U);
  sweep(now + kReceiptKept);
  EXPECT_EQ(deleted, 1U);
}

}  // namespace
}  // namespace shopflow::db
