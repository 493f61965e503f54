#include "shopflow/cache/l1_cache.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace shopflow::cache {
namespace {

using namespace std::chrono_literals;
using Cache = L1Cache<int, std::string>;
const Cache::Time kStart{1h};

Cache::Handle text(const std::string& value) { return std::make_shared<const std::string>(value); }

TEST(L1Cache, AStoredValueIsFound) {
  Cache cache{100};
  cache.store(1, text("one"), kStart);
  ASSERT_NE(cache.find(1, kStart, 1s), nullptr);
  EXPECT_EQ(*cache.find(1, kStart, 1s), "one");
  EXPECT_EQ(cache.find(2, kStart, 1s), nullptr);
}

TEST(L1Cache, AValueThatIsTooOldIsNotFound) {
  Cache cache{100};
  cache.store(1, text("one"), kStart);
  EXPECT_NE(cache.find(1, kStart + 1s, 1s), nullptr);
  EXPECT_EQ(cache.find(1, kStart + 1001ms, 1s), nullptr);
}

TEST(L1Cache, StoringAgainReplacesTheValueAndItsAge) {
  Cache cache{100};
  cache.store(1, text("one"), kStart);
  cache.store(1, text("uno"), kStart + 5s);
  ASSERT_NE(cache.find(1, kStart + 6s, 1s), nullptr);
  EXPECT_EQ(*cache.find(1, kStart + 6s, 1s), "uno");
  EXPECT_EQ(cache.stats().entries, 1U);
}

TEST(L1Cache, AnErasedValueIsGoneAndTheOthersStay) {
  Cache cache{1000};
  for (int i = 0; i < 500; ++i) cache.store(i, text(std::to_string(i)), kStart);
  for (int i = 0; i < 500; i += 3) cache.erase(i);
  cache.erase(12345);
  for (int i = 0; i < 500; ++i) {
    const auto found = cache.find(i, kStart, 1s);
    EXPECT_EQ(found == nullptr, i % 3 == 0) << i;
    if (found) EXPECT_EQ(*found, std::to_string(i));
  }
}

TEST(L1Cache, ClearingLeavesNothing) {
  Cache cache{100};
  for (int i = 0; i < 50; ++i) cache.store(i, text("x"), kStart);
  cache.clear();
  EXPECT_EQ(cache.stats().entries, 0U);
  EXPECT_EQ(cache.find(1, kStart, 1s), nullptr);
}

TEST(L1Cache, ItNeverHoldsMoreThanItsLimit) {
  Cache cache{160};
  for (int i = 0; i < 10'000; ++i) cache.store(i, text("x"), kStart);
  EXPECT_LE(cache.stats().entries, 160U);
  EXPECT_GE(cache.stats().evictions, 10'000U - 160U);
}

TEST(L1Cache, WhatIsReadStaysWhenRoomIsMade) {
  Cache cache{1600};
  cache.store(-1, text("hot"), kStart);
  for (int i = 0; i < 20'000; ++i) {
    cache.store(i, text("cold"), kStart);
    ASSERT_NE(cache.find(-1, kStart, 1s), nullptr) << i;
  }
}

TEST(L1Cache, ItIsFullWhenItsLimitIsReachedHoweverTheKeysSpread) {
  Cache cache{1000};
  for (int i = 0; i < 1000; ++i) cache.store(i * 7919, text("x"), kStart);
  EXPECT_EQ(cache.stats().entries, 1000U);
  EXPECT_EQ(cache.stats().evictions, 0U);
}

TEST(L1Cache, RenewingMakesNoRoom) {
  Cache cache{64};
  for (int i = 0; i < 64; ++i) EXPECT_TRUE(cache.renew(i, text("first"), kStart));
  EXPECT_FALSE(cache.renew(64, text("late"), kStart));
  EXPECT_TRUE(cache.renew(63, text("again"), kStart + 1s));
  EXPECT_EQ(*cache.find(63, kStart + 1s, 1s), "again");
  EXPECT_EQ(cache.stats().evictions, 0U);
}

TEST(L1Cache, WhatWasReadEarlierReplacesNothingLater) {
  Cache cache{100};
  cache.store(1, text("new"), kStart + 2s);
  EXPECT_FALSE(cache.renew(1, text("old"), kStart + 1s));
  EXPECT_FALSE(cache.renew(1, nullptr, kStart + 1s));
  EXPECT_EQ(*cache.find(1, kStart + 2s, 1s), "new");
  EXPECT_TRUE(cache.renew(1, nullptr, kStart + 3s));
  EXPECT_FALSE(cache.renew(1, nullptr, kStart + 3s));
  EXPECT_EQ(cache.find(1, kStart + 3s, 1h), nullptr);
}

TEST(L1Cache, AValueInUseOutlivesItsEviction) {
  Cache cache{1};
  cache.store(1, text("one"), kStart);
  const auto held = cache.find(1, kStart, 1s);
  cache.clear();
  EXPECT_EQ(*held, "one");
}

TEST(L1Cache, ThreadsMayShareIt) {
  Cache cache{64};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache] {
      for (int i = 0; i < 20'000; ++i) {
        const auto key = i % 200;
        if (i % 7 == 0) cache.erase(key);
        cache.store(key, text(std::to_string(key)), kStart);
        if (const auto found = cache.find(key, kStart, 1s)) ASSERT_EQ(*found, std::to_string(key));
      }
    });
  }
  threads.clear();
  EXPECT_LE(cache.stats().entries, 64U);
}

}  // namespace
}  // namespace shopflow::cache
