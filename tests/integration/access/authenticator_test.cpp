#include "shopflow/access/authenticator.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <pqxx/pqxx>

#include "shopflow/access/keys_api.hpp"
#include "shopflow/db/pool.hpp"
#include "shopflow/db/transaction.hpp"
#include "support/kept_context.hpp"
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
  Result<http::Caller> authenticate(std::string_view token, bool suspect = false) {
    return run(authenticator_.authenticate(token, suspect));
  }
  /// How often the database was asked.
  [[nodiscard]] std::uint64_t asked() const { return pool_.stats().jobs + authenticator_.stats().commands; }
  /// The n-th of many keys that nobody holds.
  static std::string guess(std::size_t n) {
    constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
    std::string key = "sfk_" + std::string(52, 'a');
    key[4] = digits[n % 32];
    key[5] = digits[n / 32 % 32];
    key[6] = digits[n / 1024 % 32];
    return key;
  }

  testing::TestDatabase database_;
  ManualClock clock_{SystemClock{}.now()};
  db::Pool pool_{{.connection = database_.settings(), .connections = 1}};
  KeyAuthenticator::Steady::time_point now_ = KeyAuthenticator::Steady::now();
  KeyAuthenticator authenticator_{pool_,
                                  {.name = "keys", .connection = database_.settings(), .queue_max = 1000},
                                  [this] { return now_; }};
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
  const auto before = asked();
  EXPECT_TRUE(authenticate(key));
  EXPECT_FALSE(authenticate(stranger));
  EXPECT_EQ(asked(), before);
  now_ += kKeyCached;
  EXPECT_TRUE(authenticate(key));
  EXPECT_FALSE(authenticate(stranger));
  EXPECT_EQ(asked(), before + 2);
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
  // A step of the machine's clock back into the past prolongs nothing.
  clock_.advance(std::chrono::hours{-24});
  now_ += kKeyCached;
  EXPECT_FALSE(authenticate(elsewhere.key));
}

TEST_F(AuthenticatorTest, AFloodOfGuessesNeitherGrowsTheCacheNorPushesOutAKey) {
  const auto key = create("scanner", http::Role::support).key;
  ASSERT_TRUE(authenticate(key));
  const auto before = asked();
  for (std::size_t i = 0; i < kKeysCachedMax + 10; ++i) ASSERT_FALSE(authenticate(guess(i)));
  EXPECT_TRUE(authenticate(key));
  EXPECT_EQ(asked(), before + kKeysCachedMax + 10);
}

/// Many look-ups that can't come to an end, since another session has locked the keys' table.
class StuckLookUps : public AuthenticatorTest {
 protected:
  using Outcomes = std::vector<std::optional<Result<http::Caller>>>;

  StuckLookUps() {
    key_ = create("scanner", http::Role::support).key;
    EXPECT_TRUE(authenticate(key_));
    keeper_.emplace(database_.url());
    lock_.emplace(*keeper_);
    lock_->exec("LOCK TABLE api_keys");
  }

  /// Asks for so many keys that nobody holds at once, and goes on until nothing moves by itself.
  Outcomes& ask(std::size_t count, bool suspect) {
    outcomes_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      auto one = [](KeyAuthenticator& from, std::string token, bool is_suspect,
                    std::optional<Result<http::Caller>>& into) -> boost::asio::awaitable<void> {
        auto outcome = co_await from.authenticate(token, is_suspect);
        into.emplace(std::move(outcome));
      };
      boost::asio::co_spawn(*context_, one(authenticator_, guess(i), suspect, outcomes_[i]),
                            boost::asio::detached);
    }
    context_->poll();
    return outcomes_;
  }
  /// Lets them end.
  void release() {
    lock_.reset();
    context_->restart();
    context_->run();
  }

  testing::KeptContext context_;
  Outcomes outcomes_;
  std::string key_;
  std::optional<pqxx::connection> keeper_;
  std::optional<pqxx::work> lock_;
};

TEST_F(StuckLookUps, TakeNothingFromThePoolAndKeepNobodyOutWhoIsKnown) {
  ask(200, false);
  const auto one = [](db::Transaction&) { return 1; };
  EXPECT_EQ(run(pool_.read(one)), 1);
  EXPECT_TRUE(authenticate(key_, true));
  release();
  for (const auto& outcome : outcomes_) {
    ASSERT_TRUE(outcome);
    ASSERT_FALSE(*outcome);
  }
}

TEST_F(StuckLookUps, OfSuspectsAreFewAtOnceAndTheOthersAreToldToComeBack) {
  const auto& outcomes = ask(kSuspectsMax + 5, true);
  int refused = 0;
  for (const auto& outcome : outcomes) {
    if (!outcome) continue;
    ASSERT_FALSE(*outcome);
    EXPECT_EQ(outcome->error().code, "too_many_requests");
    ++refused;
  }
  EXPECT_EQ(refused, 5);
  release();
  EXPECT_EQ(authenticate(guess(kSuspectsMax + 6), true).error().code, "key_unknown");
}

TEST_F(AuthenticatorTest, AKeyThatWasKnownOnceIsLookedUpForSuspectsToo) {
  const auto key = create("scanner", http::Role::support).key;
  ASSERT_TRUE(authenticate(key));
  now_ += kKeyCached;
  const auto before = authenticator_.stats().commands;
  EXPECT_TRUE(authenticate(key, true));
  EXPECT_EQ(authenticator_.stats().commands, before);
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
