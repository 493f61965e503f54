#include "simulate/api.hpp"

#include <gtest/gtest.h>

namespace shopflow::simulate {
namespace {

TEST(Target, IsReadFromTheServersAddress) {
  const auto target = parse_target("http://127.0.0.1:8080");
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->connection.host, "127.0.0.1");
  EXPECT_EQ(target->connection.port, 8080);
  EXPECT_EQ(parse_target("http://shop.example/")->connection.port, 80);
}

TEST(Target, IsNothingElse) {
  for (const char* url : {"", "shop.example:8080", "https://shop.example", "http://", "http://:80",
                          "http://a:b", "http://a:99999", "http://a:", "http://a/b"}) {
    EXPECT_FALSE(parse_target(url).has_value()) << url;
  }
}

}  // namespace
}  // namespace shopflow::simulate
