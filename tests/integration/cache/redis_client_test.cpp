#include "shopflow/cache/redis_client.hpp"

#include "integration/cache/fixture.hpp"
#include "integration/cache/redis_proxy.hpp"

namespace shopflow::cache {
namespace {

using namespace std::chrono_literals;

class RedisClientTest : public ::testing::Test {
 protected:
  std::string key(const std::string& name) { return shared_.prefix() + name; }
  bool set(const std::string& name, const std::string& value) {
    return run(client().set(key(name), value, 60s));
  }
  std::optional<std::string> get(const std::string& name) { return run(client().get(key(name))); }
  RedisClient& client() { return *process_.redis; }
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    return process_.run(std::move(work));
  }

  testing::TestRedis shared_;
  RedisProxy proxy_{shared_.url()};
  CacheProcess process_{proxy_.url(), shared_.prefix()};
};

TEST_F(RedisClientTest, ValuesAreSetReadAndDeleted) {
  ASSERT_TRUE(process_.wait_up());
  ASSERT_TRUE(until([&] { return set("a", "one\r\ntwo"); }));
  EXPECT_EQ(get("a"), "one\r\ntwo");
  EXPECT_TRUE(run(client().del({key("a"), key("b")})));
  EXPECT_EQ(get("a"), std::nullopt);
}

TEST_F(RedisClientTest, ManyCallsAtOnceEachGetTheirOwnAnswer) {
  ASSERT_TRUE(until([&] { return set("warm", "x"); }));
  std::vector<std::future<std::optional<std::string>>> answers;
  const auto echo = [this](int i) -> boost::asio::awaitable<std::optional<std::string>> {
    RedisPipeline pipeline{{"ECHO", std::to_string(i)}, {"ECHO", "second"}};
    auto replies = co_await client().call(std::move(pipeline));
    if (!replies || replies->size() != 2) co_return std::nullopt;
    co_return std::get<std::string>(replies->front());
  };
  for (int i = 0; i < 500; ++i) answers.push_back(process_.spawn(echo(i)));
  for (int i = 0; i < 500; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)].get(), std::to_string(i));
}

TEST_F(RedisClientTest, AKeyOfAnotherTypeIsNoValueAndKeepsTheConnection) {
  ASSERT_TRUE(until([&] { return set("warm", "x"); }));
  const auto drops = client().stats().drops;
  EXPECT_TRUE(run(client().call({{"RPUSH", key("list"), "x"}})));
  EXPECT_EQ(get("list"), std::nullopt);
  EXPECT_EQ(get("warm"), "x");
  EXPECT_EQ(client().stats().drops, drops);
}

TEST_F(RedisClientTest, ALostServerIsNoValueAndComesBack) {
  ASSERT_TRUE(until([&] { return set("a", "one"); }));
  proxy_.set(RedisProxy::Mode::refuse);
  EXPECT_TRUE(until([&] { return !client().stats().up; }));
  EXPECT_EQ(get("a"), std::nullopt);
  EXPECT_FALSE(set("a", "two"));
  proxy_.set(RedisProxy::Mode::forward);
  EXPECT_TRUE(until([&] { return get("a") == "one"; }));
}

TEST_F(RedisClientTest, ASilentServerIsGivenUpAndThenNotWaitedFor) {
  ASSERT_TRUE(until([&] { return set("a", "one"); }));
  proxy_.set(RedisProxy::Mode::silent);
  EXPECT_EQ(get("a"), std::nullopt);
  EXPECT_TRUE(until([&] { return client().stats().drops > 0; }));
  proxy_.set(RedisProxy::Mode::forward);
  EXPECT_TRUE(until([&] { return get("a") == "one"; }));
}

TEST_F(RedisClientTest, AServerThatTalksNonsenseIsDropped) {
  ASSERT_TRUE(until([&] { return set("a", "one"); }));
  proxy_.set(RedisProxy::Mode::garbage);
  const auto before = proxy_.accepted();
  EXPECT_TRUE(until([&] { return proxy_.accepted() > before + 6; }));
  EXPECT_EQ(get("a"), std::nullopt);
  proxy_.set(RedisProxy::Mode::forward);
  EXPECT_TRUE(until([&] { return get("a") == "one"; }));
}

TEST_F(RedisClientTest, WhereThereIsNoServerNobodyWaits) {
  CacheProcess alone{"unix:/nowhere/redis.sock", shared_.prefix()};
  EXPECT_EQ(alone.run(alone.redis->get("a")), std::nullopt);
  EXPECT_FALSE(alone.redis->stats().up);
}

}  // namespace
}  // namespace shopflow::cache
