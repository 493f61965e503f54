#include "shopflow/core/json_document.hpp"

#include <gtest/gtest.h>

#include <string>

namespace shopflow::json {
namespace {

std::string refusal(std::string_view text, ReadLimits limits = {}) {
  const auto document = Document::parse(text, limits);
  if (document) return "accepted";
  EXPECT_EQ(document.error().code, "invalid_json");
  EXPECT_EQ(document.error().kind, ErrorKind::malformed);
  return document.error().detail;
}

std::string dumped(std::string_view text) {
  const auto document = Document::parse(text);
  if (!document) return "refused: " + document.error().detail;
  std::string out;
  document->root().dump(out);
  return out;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(JsonDocument, ASyntaxErrorNamesLineAndByte) {
  EXPECT_EQ(refusal("{\"a\":1,\n \"b\":}"), "Not JSON from line 2, byte 6.");
  EXPECT_EQ(refusal("[nul]"), "Not JSON from line 1, byte 2.");
  EXPECT_EQ(refusal("[1,\n\n2"), "Not JSON from line 3, byte 2.");
}

TEST(JsonDocument, RefusesWhatOnlyLooksLikeJson) {
  for (const auto* text :
       {"",         " ",         "{",      "[1,]",    "{\"a\":1,}", "{a:1}", "{'a':1}",
        "[01]",     "[+1]",      "[.5]",   "[1.]",    "[1e]",       "[0x1]", "NaN",
        "Infinity", "-",         "tru",    "[1 2]",   "{\"a\" 1}",  "{} {}", "[]]",
        "// x\n{}", "/* x */ 1", "\"\n\"", "\"\\x\"", "\"\\u12\"",  "{1:2}", "\xEF\xBB\xBF{}",
        "-x",       "--1",       "1e+",    "\"\\",    "\"\\u",      "\"a",   "[",
        "[1",       "{\"a\":",   "{,}",    "[,]",     "\v1",        "1\f",   "{\"a\"}",
        ",",        ":"}) {
    EXPECT_NE(refusal(text), "accepted") << text;
  }
}

TEST(JsonDocument, NothingMayFollowTheValueNotEvenAfterAZeroByte) {
  EXPECT_NE(refusal(std::string_view{"{}\0garbage", 10}), "accepted");
  EXPECT_NE(refusal(std::string_view{"{}\0", 3}), "accepted");
  EXPECT_NE(refusal(std::string_view{"[1,\0 2]", 7}), "accepted");
  EXPECT_NE(refusal("{}x"), "accepted");
}

TEST(JsonDocument, RefusesZeroInStringsAndKeys) {
  EXPECT_EQ(refusal(R"(["a\u0000b"])"), "U+0000 is not allowed, it stands before line 1, byte 10.");
  EXPECT_EQ(refusal(R"({"a\u0000":1})"), "U+0000 is not allowed, it stands before line 1, byte 10.");
}

TEST(JsonDocument, RefusesInvalidUtf8) {
  for (const auto* text : {"\"\xff\"", "\"\xc0\xaf\"", "\"\xe0\x80\x80\"", "\"\xed\xa0\x80\"",
                           "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"", "\"\x80\"", "{\"\xff\":1}", R"("\ud800")",
                           R"("\udc00")", R"("\ud800\ud800")", R"("\ud800x")"}) {
    EXPECT_NE(refusal(text), "accepted") << text;
  }
  EXPECT_EQ(dumped(R"("\ud83d\ude00")"), "\"\xF0\x9F\x98\x80\"");
}

TEST(JsonDocument, RefusesAKeyThatStandsTwiceHoweverItIsWritten) {
  EXPECT_EQ(refusal(R"({"a":1,"a":1})"), "The key 'a' stands twice in one object.");
  EXPECT_EQ(refusal(R"([{"b":{"a":1,"\u0061":2}}])"), "The key 'a' stands twice in one object.");
  EXPECT_EQ(refusal(R"({"a":{"a":{"a":1}},"b":{"a":1}})"), "accepted");
}

TEST(JsonDocument, FindsATwinAmongManyKeys) {
  std::string body = "{";
  for (int i = 0; i < 40'000; ++i) body += "\"" + std::to_string(i) + "\":0,";
  EXPECT_EQ(refusal(body + "\"x\":0}"), "accepted");
  EXPECT_EQ(refusal(body + "\"17\":0}"), "The key '17' stands twice in one object.");
}

TEST(JsonDocument, RefusesNestingBeyondTheLimit) {
  EXPECT_EQ(refusal(nested(32)), "accepted");
  EXPECT_EQ(refusal(nested(33)), "Arrays and objects are nested too deeply at line 1, byte 33.");
  EXPECT_EQ(refusal(std::string(200'000, '[')),
            "Arrays and objects are nested too deeply at line 1, byte 33.");
  EXPECT_EQ(refusal(R"({"a":[{}]})", {.depth_max = 2}),
            "Arrays and objects are nested too deeply at line 1, byte 7.");
}

TEST(JsonDocument, RefusesANumberThatNoDoubleHolds) {
  EXPECT_EQ(refusal("[1e999]"), "A number is too large at line 1, byte 2.");
}

TEST(JsonDocument, TellsTheKindsOfNumbersApart) {
  const auto document = Document::parse(
      "[9223372036854775807,-9223372036854775808,9223372036854775808,-9223372036854775809,"
      "123456789012345678901234567890,1.0,1e2,-0]");
  ASSERT_TRUE(document);
  std::vector<Kind> found;
  for (const Node child : document->root()) found.push_back(child.kind());
  EXPECT_EQ(found, (std::vector{Kind::integer, Kind::integer, Kind::big_integer, Kind::big_integer,
                                Kind::big_integer, Kind::decimal, Kind::decimal, Kind::integer}));
}

TEST(JsonDocument, DumpsCompactlyInTheOrderOfArrival) {
  EXPECT_EQ(dumped(" { \"b\" : [ 1 , -2.50 , 1e2, true , false , null , \"\\u0041\\/\" , {} , [] ] , \"a\" : "
                   "{ \"c\" : 1 } } "),
            R"({"b":[1,-2.50,1e2,true,false,null,"A/",{},[]],"a":{"c":1}})");
  EXPECT_EQ(dumped("123456789012345678901234567890"), "123456789012345678901234567890");
}

TEST(JsonDocument, OwnTextThatIsNotJsonIsABrokenWorld) {
  EXPECT_THROW((void)Document::parse_trusted("{"), std::runtime_error);
}

}  // namespace
}  // namespace shopflow::json
