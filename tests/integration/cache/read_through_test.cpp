#include "shopflow/cache/read_through.hpp"

#include "integration/cache/numbers.hpp"
#include "integration/cache/redis_proxy.hpp"

namespace shopflow::cache {
namespace {

using namespace std::chrono_literals;
class ReadThroughTest : public ::testing::Test {
 protected:
  testing::TestRedis shared_;
  RedisProxy proxy_{shared_.url()};
  Record record_;
  Server server_{proxy_.url(), shared_.prefix(), record_};

  void SetUp() override { ASSERT_TRUE(server_.process.wait_hearing()); }
  /// Waits until the value of key 1 is in Redis, as another server sees it.
  bool filled() {
    return until([&] {
      Record nothing;
      nothing.set(std::nullopt);
      Server other{shared_.url(), shared_.prefix(), nothing};
      return other.process.wait_hearing() && other.get(1).has_value();
    });
  }
};

TEST_F(ReadThroughTest, AValueIsLoadedOnceAndThenKept) {
  EXPECT_EQ(server_.cache->peek(1), nullptr);
  EXPECT_EQ(server_.get(1), "old");
  EXPECT_EQ(server_.get(1), "old");
  EXPECT_EQ(record_.loads_, 1);
  EXPECT_NE(server_.cache->peek(1), nullptr);
}

TEST_F(ReadThroughTest, WhatDoesNotExistIsNotKept) {
  record_.set(std::nullopt);
  EXPECT_EQ(server_.get(1), std::nullopt);
  record_.set("new");
  EXPECT_EQ(server_.get(1), "new");
}

TEST_F(ReadThroughTest, AFailedLoadReachesThoseWhoWaitAndIsForgotten) {
  record_.broken_ = true;
  EXPECT_THROW(server_.get(1), std::runtime_error);
  record_.broken_ = false;
  EXPECT_EQ(server_.get(1), "old");
}

TEST_F(ReadThroughTest, ManyReadersOnManyThreadsCauseOneLoad) {
  record_.closed_ = true;
  std::vector<std::future<Numbers::Handle>> answers;
  for (std::size_t i = 0; i < 200; ++i)
    answers.push_back(server_.process.spawn(server_.cache->get(1), i % 2));
  ASSERT_TRUE(until([&] { return record_.loads_ == 1; }));
  record_.closed_ = false;
  for (auto& answer : answers) EXPECT_EQ(*answer.get(), "old");
  EXPECT_EQ(record_.loads_, 1);
}

TEST_F(ReadThroughTest, AReaderSeesItsOwnWriteAtOnce) {
  EXPECT_EQ(server_.get(1), "old");
  for (int i = 0; i < 200; ++i) {
    const auto written = std::to_string(i);
    record_.set(written);
    server_.invalidate(1);
    ASSERT_EQ(server_.get(1, static_cast<std::size_t>(i % 2)), written);
  }
}

TEST_F(ReadThroughTest, ALoadFromBeforeTheWriteIsNotKept) {
  record_.closed_ = true;
  auto early = server_.process.spawn(server_.cache->get(1));
  ASSERT_TRUE(until([&] { return record_.loads_ == 1; }));
  record_.set("new");
  server_.invalidate(1);
  auto late = server_.process.spawn(server_.cache->get(1), 1);
  ASSERT_TRUE(until([&] { return record_.loads_ == 2; }));
  record_.closed_ = false;
  EXPECT_EQ(*early.get(), "old");
  EXPECT_EQ(*late.get(), "new");
  EXPECT_EQ(server_.get(1), "new");
}

TEST_F(ReadThroughTest, AnotherServerReadsWhatThisOnePutIntoRedis) {
  EXPECT_EQ(server_.get(1), "old");
  EXPECT_TRUE(filled());
}

TEST_F(ReadThroughTest, AnotherServerHearsOfTheWrite) {
  Server other{shared_.url(), shared_.prefix(), record_};
  ASSERT_TRUE(other.process.wait_hearing());
  EXPECT_EQ(server_.get(1), "old");
  EXPECT_EQ(other.get(1), "old");
  record_.set("new");
  server_.invalidate(1);
  EXPECT_TRUE(until([&] { return other.get(1) == "new"; }));
  EXPECT_EQ(other.process.invalidation->stats().heard, 1U);
}

TEST_F(ReadThroughTest, ALateFillOfAnotherServerIsNeverRead) {
  Server other{shared_.url(), shared_.prefix(), record_};
  ASSERT_TRUE(other.process.wait_hearing());
  Record gone;
  record_.closed_ = true;
  auto early = other.process.spawn(other.cache->get(1));
  ASSERT_TRUE(until([&] { return record_.loads_ == 1; }));
  record_.set("new");
  server_.invalidate(1);
  ASSERT_TRUE(server_.confirmed());
  record_.closed_ = false;
  EXPECT_EQ(*early.get(), "old");
  EXPECT_TRUE(until([&] { return other.get(1) == "new"; }));
  EXPECT_EQ(server_.get(1), "new");
}

TEST_F(ReadThroughTest, OddBytesInRedisAreAMiss) {
  EXPECT_EQ(server_.get(1), "old");
  ASSERT_TRUE(filled());
  auto& redis = *server_.process.redis;
  const auto fence = server_.process.run(redis.get(server_.process.invalidation->fence_key("numbers", "1")));
  ASSERT_TRUE(fence);
  const auto key = server_.process.invalidation->value_key("numbers", "1");
  ASSERT_TRUE(server_.process.run(redis.set(key, *fence + " odd", 60s)));
  server_.cache->invalidate_all();
  EXPECT_EQ(server_.get(1), "old");
  EXPECT_EQ(record_.loads_, 2);
}

TEST_F(ReadThroughTest, WithoutRedisEverythingIsReadFromTheRecord) {
  proxy_.set(RedisProxy::Mode::refuse);
  ASSERT_TRUE(until([&] { return !server_.process.invalidation->hears_others(); }));
  EXPECT_EQ(server_.get(1), "old");
  record_.set("new");
  server_.invalidate(1);
  EXPECT_EQ(server_.get(1), "new");
}

TEST_F(ReadThroughTest, ASilentOrGarblingRedisOnlySlowsItDown) {
  for (const auto mode : {RedisProxy::Mode::silent, RedisProxy::Mode::garbage}) {
    proxy_.set(mode);
    record_.set("old");
    server_.invalidate(1);
    EXPECT_EQ(server_.get(1), "old");
    record_.set("new");
    server_.invalidate(1);
    EXPECT_EQ(server_.get(1), "new");
  }
}

TEST_F(ReadThroughTest, AWriteWhileRedisWasAwayIsNotUndoneByWhatRedisKept) {
  EXPECT_EQ(server_.get(1), "old");
  ASSERT_TRUE(filled());
  proxy_.set(RedisProxy::Mode::refuse);
  ASSERT_TRUE(until([&] { return !server_.process.redis->stats().up; }));
  record_.set("new");
  server_.invalidate(1);
  EXPECT_EQ(server_.get(1), "new");
  proxy_.set(RedisProxy::Mode::forward);
  server_.cache->invalidate_all();
  EXPECT_EQ(server_.get(1), "new");
  ASSERT_TRUE(server_.confirmed());
  server_.cache->invalidate_all();
  EXPECT_EQ(server_.get(1), "new");
}

TEST_F(ReadThroughTest, WhatWasKeptBeforeTheSubscriptionCameBackIsDropped) {
  EXPECT_EQ(server_.get(1), "old");
  record_.set("new");
  proxy_.set(RedisProxy::Mode::refuse);
  ASSERT_TRUE(until([&] { return !server_.process.invalidation->hears_others(); }));
  proxy_.set(RedisProxy::Mode::forward);
  ASSERT_TRUE(server_.process.wait_hearing());
  EXPECT_EQ(server_.cache->peek(1), nullptr);
}

TEST_F(ReadThroughTest, ADeafServerKeepsNothingForLong) {
  ReadThroughSettings settings;
  settings.name = "deaf";
  settings.kept_deaf = 0ms;
  Server deaf{"unix:/nowhere/redis.sock", shared_.prefix(), record_, settings};
  EXPECT_EQ(deaf.get(1), "old");
  EXPECT_EQ(deaf.cache->peek(1), nullptr);
}

TEST_F(ReadThroughTest, ACacheWithOneFenceIsDroppedAsAWhole) {
  ReadThroughSettings settings;
  settings.name = "lists";
  settings.one_fence = true;
  Server one{shared_.url(), shared_.prefix(), record_, settings};
  Server two{shared_.url(), shared_.prefix(), record_, settings};
  ASSERT_TRUE(one.process.wait_hearing() && two.process.wait_hearing());
  for (const int key : {1, 2, 3}) EXPECT_EQ(one.get(key), "old");
  for (const int key : {1, 2, 3}) EXPECT_EQ(two.get(key), "old");
  record_.set("new");
  one.cache->invalidate_all();
  for (const int key : {1, 2, 3}) EXPECT_EQ(one.get(key), "new");
  for (const int key : {1, 2, 3}) EXPECT_TRUE(until([&] { return two.get(key) == "new"; }));
}

TEST_F(ReadThroughTest, WhatWasInvalidatedLastBeforeTheEndOfAProcessIsToldToTheOthers) {
  Server two{shared_.url(), shared_.prefix(), record_};
  ASSERT_TRUE(two.process.wait_hearing());
  for (int round = 0; round < 20; ++round) {
    record_.set("old");
    for (const int key : {1, 2, 3}) two.invalidate(key);
    ASSERT_TRUE(two.confirmed());
    for (const int key : {1, 2, 3}) ASSERT_EQ(two.get(key), "old");
    Server one{shared_.url(), shared_.prefix(), record_};
    ASSERT_TRUE(one.process.wait_up());
    record_.set("new");
    for (const int key : {1, 2, 3}) one.invalidate(key);
    one.process.stop();
    for (const int key : {1, 2, 3}) EXPECT_TRUE(until([&] { return two.get(key) == "new"; })) << round;
  }
}

TEST_F(ReadThroughTest, ReadersNeverSeeAnOlderValueThanTheyWroteUnderARush) {
  // One writer per key; each reads its own writes back through either thread while others load and
  // invalidate.
  std::vector<std::jthread> writers;
  std::array<std::atomic<int>, 4> current{};
  ReadThroughSettings settings;
  settings.name = "rush";
  CacheProcess process{shared_.url(), shared_.prefix()};
  auto cache = Numbers{*process.invalidation, codec(),
                       [&current](int key) -> boost::asio::awaitable<std::optional<std::string>> {
                         co_return std::to_string(current.at(static_cast<std::size_t>(key)).load());
                       },
                       settings};
  process.invalidation->start();
  ASSERT_TRUE(process.wait_hearing());
  for (int key = 0; key < 4; ++key) {
    writers.emplace_back([&, key] {
      for (int i = 1; i <= 300; ++i) {
        current.at(static_cast<std::size_t>(key)) = i;
        cache.invalidate(std::span{&key, 1});
        const auto seen = process.run(cache.get(key), static_cast<std::size_t>(i % 2));
        ASSERT_EQ(*seen, std::to_string(i));
      }
    });
  }
  writers.clear();
  process.stop();
}

}  // namespace
}  // namespace shopflow::cache
