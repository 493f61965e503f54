#include "shopflow/cache/redis_address.hpp"

#include <gtest/gtest.h>

namespace shopflow::cache {
namespace {

TEST(RedisAddress, AUnixSocketIsAPath) {
  const auto address = RedisAddress::parse("unix:/run/redis.sock");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->path, "/run/redis.sock");
  EXPECT_EQ(address->database, 0);
  EXPECT_EQ(RedisAddress::parse("unix:/run/redis.sock?db=3")->database, 3);
}

TEST(RedisAddress, AHostMayHavePortPasswordAndDatabase) {
  const auto plain = RedisAddress::parse("redis://cache");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "cache");
  EXPECT_EQ(plain->port, "6379");
  const auto full = RedisAddress::parse("redis://:s3cr@t@127.0.0.1:7000/2");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->password, "s3cr@t");
  EXPECT_EQ(full->host, "127.0.0.1");
  EXPECT_EQ(full->port, "7000");
  EXPECT_EQ(full->database, 2);
  EXPECT_TRUE(RedisAddress::parse("redis://cache/"));
}

TEST(RedisAddress, OtherTextIsRefused) {
  for (const auto* url :
       {"", "redis", "http://cache", "unix:", "unix:relative", "unix:/a?db=x", "redis://", "redis://:1",
        "redis://cache:", "redis://cache:0", "redis://cache:65536", "redis://cache:1x", "redis://cache/x",
        "redis://cache/-1", "redis://user:secret@cache", "redis://:@cache"}) {
    EXPECT_FALSE(RedisAddress::parse(url)) << url;
  }
  EXPECT_FALSE(RedisAddress::parse("unix:/" + std::string(107, 'x')));
}

}  // namespace
}  // namespace shopflow::cache
