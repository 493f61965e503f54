#include "cache/redis_parser.hpp"

#include <gtest/gtest.h>

namespace shopflow::cache {
namespace {

RedisValue only(std::string_view bytes) {
  RedisParser parser;
  parser.feed(bytes);
  auto value = parser.next();
  if (!value) throw std::runtime_error{"not whole"};
  EXPECT_FALSE(parser.next());
  return *value;
}

TEST(RedisParser, EveryKindOfReplyIsRead) {
  EXPECT_EQ(only("+OK\r\n"), RedisValue{std::string{"OK"}});
  EXPECT_EQ(only("$5\r\nab\r\nc\r\n"), RedisValue{std::string{"ab\r\nc"}});
  EXPECT_EQ(only("$-1\r\n"), RedisValue{RedisNil{}});
  EXPECT_EQ(only(":42\r\n"), RedisValue{std::int64_t{42}});
  EXPECT_EQ(only("-WRONGTYPE no\r\n"), RedisValue{RedisError{"WRONGTYPE no"}});
  EXPECT_EQ(only("*3\r\n$1\r\na\r\n$-1\r\n:7\r\n"), RedisValue(RedisList{"a", std::nullopt, "7"}));
}

TEST(RedisParser, RepliesMayComeInPiecesAndSeveralAtOnce) {
  RedisParser parser;
  const std::string bytes = "$3\r\nabc\r\n:1\r\n";
  std::vector<RedisValue> values;
  for (const char c : bytes) {
    parser.feed({&c, 1});
    while (auto value = parser.next()) values.push_back(*value);
  }
  EXPECT_EQ(values, (std::vector<RedisValue>{std::string{"abc"}, std::int64_t{1}}));
}

TEST(RedisParser, BytesOfAnotherProtocolAreRefused) {
  for (const auto* bytes :
       {"HTTP/1.1 400 Bad Request\r\n", "\x16\x03\x01", "*2\r\n$1\r\na\r\n%0\r\n", ":x1\r\n"}) {
    RedisParser parser;
    EXPECT_THROW(
        {
          parser.feed(bytes);
          while (parser.next()) {
          }
        },
        RedisProtocolError)
        << bytes;
  }
}

TEST(RedisParser, ListsOfListsAreRefusedBecauseNobodyAsksForThem) {
  RedisParser parser;
  parser.feed("*1\r\n*1\r\n:1\r\n");
  EXPECT_THROW((void)parser.next(), RedisProtocolError);
}

TEST(RedisParser, AReplyWithoutEndIsRefused) {
  RedisParser parser;
  const std::string megabyte(1024 * 1024, 'x');
  parser.feed("$104857600\r\n");
  EXPECT_THROW(
      for (int i = 0; i < 9; ++i) {
        parser.feed(megabyte);
        (void)parser.next();
      },
      RedisProtocolError);
}

TEST(RedisCommands, WordsAreSentWithTheirLengths) {
  std::string out;
  append_command(out, {"SET", "k", "a\r\nb"});
  EXPECT_EQ(out, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n");
}

}  // namespace
}  // namespace shopflow::cache
