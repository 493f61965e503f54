#include "shopflow/http/etag.hpp"

#include <gtest/gtest.h>

#include <string>

namespace shopflow::http {
namespace {

std::string required(std::string_view if_match) {
  Request request;
  request.headers.add("if-match", std::string{if_match});
  const auto version = required_version(request);
  return version ? std::to_string(*version) : version.error().code;
}

TEST(EntityTag, NamesAVersionAndIsReadBack) {
  EXPECT_EQ(etag_of(7), "\"7\"");
  EXPECT_EQ(required(etag_of(7)), "7");
  EXPECT_EQ(required(" \"12\" "), "12");
}

TEST(EntityTag, IsRequiredWhereAChangeIsGuarded) {
  const auto none = required_version(Request{});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::precondition_required);
  for (const auto* malformed : {"7", "*", "", "\"7", "\"7\", \"8\"", "\"", "W/7"}) {
    EXPECT_EQ(required(malformed), "if_match_invalid") << malformed;
  }
  for (const auto* stale : {"W/\"7\"", "\"\"", "\"abc\"", "\"7x\"", "\"99999999999999999999\""}) {
    EXPECT_EQ(required(stale), "version_conflict") << stale;
  }
}

TEST(EntityTag, IsComparedWeaklyForReads) {
  EXPECT_TRUE(none_match_has("\"7\"", "\"7\""));
  EXPECT_TRUE(none_match_has("W/\"7\"", "\"7\""));
  EXPECT_TRUE(none_match_has("\"7\"", "W/\"7\""));
  EXPECT_TRUE(none_match_has("\"a,b\" , \"7\"", "\"7\""));
  EXPECT_TRUE(none_match_has("*", "\"7\""));
  EXPECT_FALSE(none_match_has("\"a,7\"", "\"7\""));
  EXPECT_FALSE(none_match_has("7", "\"7\""));
  EXPECT_FALSE(none_match_has("", "\"7\""));
}

}  // namespace
}  // namespace shopflow::http
