#include "shopflow/access/keys.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "shopflow/access/secrets.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/test_database.hpp"

namespace shopflow::access {
namespace {

class KeysTest : public ::testing::Test {
 protected:
  template <class Work>
  auto transact(Work work) {
    std::optional<std::invoke_result_t<Work&, db::Transaction&>> value;
    connection_.transact([&](db::Transaction& tx) { value.emplace(work(tx)); });
    return std::move(*value);
  }
  Result<NewKey> create(std::string name, http::Role role = http::Role::warehouse) {
    return transact([&](db::Transaction& tx) { return create_key(tx, role, name, now_); });
  }

  testing::TestDatabase database_;
  Timestamp now_ = SystemClock{}.now();
  db::Connection connection_{database_.settings()};
};

TEST_F(KeysTest, AKeyIsFoundByItsHashAndIsStoredNowhereInClear) {
  const auto made = create("scanner 1");
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->clear.starts_with("sfk_"));
  const auto found =
      transact([&](db::Transaction& tx) { return find_key(tx, hash_key(made->clear).value()); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, made->key.id);
  EXPECT_EQ(found->role, http::Role::warehouse);
  EXPECT_EQ(database_.number("SELECT count(*) FROM api_keys k WHERE k::text LIKE '%" + made->clear.substr(4) +
                             "%'"),
            0);
}

TEST_F(KeysTest, ANameInUseIsRefusedUntilItsKeyIsRevoked) {
  const auto first = create("portal");
  ASSERT_TRUE(first);
  EXPECT_EQ(create("portal").error().code, "key_name_taken");
  EXPECT_EQ(database_.number("SELECT count(*) FROM api_keys"), 1);
  ASSERT_TRUE(transact([&](db::Transaction& tx) { return revoke_key(tx, first->key.id, now_); }));
  EXPECT_TRUE(create("portal"));
}

TEST_F(KeysTest, ABadNameIsRefused) {
  EXPECT_EQ(create("").error().code, "key_name_invalid");
  EXPECT_EQ(create("two\nlines").error().code, "key_name_invalid");
  EXPECT_EQ(create(std::string(101, 'x')).error().code, "key_name_invalid");
}

TEST_F(KeysTest, ARevokedKeyIsNotFoundAndRevokingTwiceIsHarmless) {
  const auto made = create("temp");
  ASSERT_TRUE(made);
  const auto revoke = [&] {
    return transact([&](db::Transaction& tx) { return revoke_key(tx, made->key.id, now_); });
  };
  EXPECT_TRUE(revoke());
  EXPECT_TRUE(revoke());
  EXPECT_FALSE(transact([&](db::Transaction& tx) { return find_key(tx, hash_key(made->clear).value()); }));
  EXPECT_EQ(
      transact([&](db::Transaction& tx) { return revoke_key(tx, KeyId::make(now_), now_); }).error().code,
      "key_not_found");
}

TEST_F(KeysTest, KeysAreListedPageByPage) {
  for (const auto* name : {"a", "b", "c"}) ASSERT_TRUE(create(name));
  const auto first = transact([](db::Transaction& tx) { return list_keys(tx, {}, 2); });
  ASSERT_EQ(first.size(), 2U);
  const auto rest = transact([&](db::Transaction& tx) { return list_keys(tx, first.back().id, 2); });
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].name, "c");
}

TEST_F(KeysTest, OnlyTextOfTheRightFormIsHashed) {
  EXPECT_FALSE(hash_key(""));
  EXPECT_FALSE(hash_key("sfk_short"));
  EXPECT_FALSE(hash_key(std::string(56, 'x')));
}

TEST_F(KeysTest, ServersThatStartAtOnceShareOneDerivationKey) {
  const auto cart = CartId::make(now_);
  std::array<std::string, 6> secrets;
  {
    std::vector<std::jthread> servers;
    for (auto& secret : secrets) {
      servers.emplace_back([&] {
        db::Connection own{database_.settings()};
        own.transact([&](db::Transaction& tx) { secret = Secrets::load(tx, now_).for_cart(cart); });
      });
    }
  }
  for (const auto& secret : secrets) EXPECT_EQ(secret, secrets[0]);
}

TEST_F(KeysTest, ASigningSecretIsDrawnOnceByItsName) {
  const auto load = [&](std::string_view name) {
    return transact([&](db::Transaction& tx) { return load_signing_secret(tx, name, now_); });
  };
  const auto drawn = load("one");
  EXPECT_TRUE(drawn.starts_with("whsec_"));
  EXPECT_EQ(drawn.size(), 58U);
  EXPECT_EQ(load("one"), drawn);
  EXPECT_NE(load("another"), drawn);
}

}  // namespace
}  // namespace shopflow::access
