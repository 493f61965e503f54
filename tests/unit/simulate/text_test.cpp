#include "simulate/text.hpp"

#include <gtest/gtest.h>

namespace shopflow::simulate {
namespace {

TEST(Text, Utf8StaysAsItIs) {
  EXPECT_EQ(clean_text("CAF\xC3\x89 \xE2\x82\xAC", 100), "CAF\xC3\x89 \xE2\x82\xAC");
}

TEST(Text, OtherBytesAreReadAsLatin1) {
  EXPECT_EQ(clean_text("CAF\xC9 \xA3"
                       "5",
                       100),
            "CAF\xC3\x89 \xC2\xA3"
            "5");
}

TEST(Text, ControlCharactersAndSpacesBecomeOneSpaceAndEndsAreTrimmed) {
  EXPECT_EQ(clean_text(std::string{"  a\t\0 \r\nb \xC2\xA0", 13}, 100), "a b");
}

TEST(Text, IsCutAtCodePointsAndNeverWithinOne) {
  EXPECT_EQ(clean_text("\xC3\x89\xC3\x89\xC3\x89", 2), "\xC3\x89\xC3\x89");
  EXPECT_EQ(clean_text("ab cd", 3), "ab");
}

TEST(Text, KnowsOverlongFormsSurrogatesAndCutSequences) {
  EXPECT_TRUE(is_utf8("\xF0\x9F\x98\x80"));
  for (const char* bad :
       {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80", "\xFF"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

}  // namespace
}  // namespace shopflow::simulate
