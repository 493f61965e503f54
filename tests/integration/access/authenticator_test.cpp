#include "shopflow/access/authenticator.hpp"

#include <gtest/gtest.h>

#include "shopflow/access/keys_api.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/run.hpp"
#include "support/test_database.hpp"

namespace shopflow::access {
namespace {

using shopflow::testing::run;

class AuthenticatorTest : public ::testing::Test {
 protected:
  CreatedKey create(const std::string& name, http::Role role) {
    auto made = run(api_.create({}, {role, name}));
    EXPECT_TRUE(made);
    return std::get<0>(made->body);
  }
  Result<http::Caller> authenticate(std::string_view token) {
    return run(authenticator_.authenticate(token));
  }

  testing::TestDatabase database_;
  ManualClock clock_{SystemClock{}.now()};
  db::Pool pool_{{.connection = database_.settings(), .connections = 1}};
  KeyAuthenticator authenticator_{pool_, clock_};
  KeysApi api_{pool_, clock_, authenticator_};
};

TEST_F(AuthenticatorTest, AKeyIsRecognisedWithItsRole) {
  const auto key = create("scanner", http::Role::warehouse);
  const auto caller = authenticate(key.key);
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->key, key.id);
  EXPECT_EQ(caller->role, http::Role::warehouse);
  EXPECT_EQ(caller->name, "scanner");
}

TEST_F(AuthenticatorTest, AnythingElseIsUnknown) {
  auto key = create("scanner", http::Role::warehouse).key;
  key.back() = key.back() == '0' ? '1' : '0';
  EXPECT_EQ(authenticate(key).error().code, "key_unknown");
  EXPECT_EQ(authenticate("").error().code, "key_unknown");
  EXPECT_EQ(authenticate(std::string(10'000, 'a')).error().code, "key_unknown");
}

TEST_F(AuthenticatorTest, AnswersAreKeptForFiveSecondsRefusalsToo) {
  const auto key = create("scanner", http::Role::support).key;
  ASSERT_TRUE(authenticate(key));
  const auto stranger = "sfk_" + std::string(52, 'a');
  ASSERT_FALSE(authenticate(stranger));
  const auto asked = pool_.stats().jobs;
  EXPECT_TRUE(authenticate(key));
  EXPECT_FALSE(authenticate(stranger));
  EXPECT_EQ(pool_.stats().jobs, asked);
  clock_.advance(kKeyCached);
  EXPECT_TRUE(authenticate(key));
  EXPECT_FALSE(authenticate(stranger));
  EXPECT_EQ(pool_.stats().jobs, asked + 2);
}

TEST_F(AuthenticatorTest, AKeyRevokedHereStopsAtOnceAndOneRevokedElsewhereWithinFiveSeconds) {
  const auto here = create("here", http::Role::admin);
  const auto elsewhere = create("elsewhere", http::Role::admin);
  ASSERT_TRUE(authenticate(here.key));
  http::Request request;
  request.params = {{"id", here.id.str()}};
  ASSERT_TRUE(run(api_.revoke(request)));
  EXPECT_EQ(authenticate(here.key).error().code, "key_unknown");
  ASSERT_TRUE(authenticate(elsewhere.key));
  database_.sql("UPDATE api_keys SET revoked_at = now()");
  EXPECT_TRUE(authenticate(elsewhere.key));
  clock_.advance(kKeyCached);
  EXPECT_FALSE(authenticate(elsewhere.key));
}

TEST_F(AuthenticatorTest, AFloodOfGuessesNeitherGrowsTheCacheNorPushesOutAKey) {
  const auto key = create("scanner", http::Role::support).key;
  ASSERT_TRUE(authenticate(key));
  const auto asked = pool_.stats().jobs;
  constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
  for (std::size_t i = 0; i < kKeysCachedMax + 10; ++i) {
    std::string guess = "sfk_" + std::string(52, 'a');
    guess[4] = digits[i % 32];
    guess[5] = digits[i / 32 % 32];
    guess[6] = digits[i / 1024 % 32];
    ASSERT_FALSE(authenticate(guess));
  }
  EXPECT_TRUE(authenticate(key));
  EXPECT_EQ(pool_.stats().jobs, asked + kKeysCachedMax + 10);
}

TEST_F(AuthenticatorTest, KeysAreListedWithoutTheKeyItself) {
  const auto first = create("a", http::Role::admin);
  create("b", http::Role::analyst);
  const auto page = run(api_.list({}, {{.limit = 1, .cursor = {}}}));
  ASSERT_TRUE(page);
  const auto text = json::to_json(std::get<0>(page->body));
  EXPECT_EQ(text.find(first.key.substr(4)), std::string::npos);
  EXPECT_NE(text.find(R"("has_more":true)"), std::string::npos);
  const auto rest = run(api_.list({}, {{.limit = 1, .cursor = first.id}}));
  EXPECT_EQ(std::get<0>(rest->body).data.at(0).name, "b");
  EXPECT_FALSE(std::get<0>(rest->body).has_more);
}

}  // namespace
}  // namespace shopflow::access
