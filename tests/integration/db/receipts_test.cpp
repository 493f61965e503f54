#include "shopflow/db/receipts.hpp"

#include <gtest/gtest.h>

#include "shopflow/db/error.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::db {
namespace {

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
