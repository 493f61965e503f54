#include <gtest/gtest.h>

#include "shopflow/db/transaction.hpp"

namespace shopflow::db::detail {
namespace {

TEST(ReadArray, SplitsPlainAndQuotedElements) {
  EXPECT_EQ(read_array("{}"), std::vector<std::string>{});
  EXPECT_EQ(read_array("{1,2}"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(read_array(R"({"a,b","say \"hi\"","",back})"),
            (std::vector<std::string>{"a,b", "say \"hi\"", "", "back"}));
}

TEST(ReadTime, TakesWhatPostgresPrintsWithAndWithoutAFraction) {
  EXPECT_EQ(read_time("2026-11-21 08:15:30.123456+00"), *parse_rfc3339("2026-11-21T08:15:30.123456Z"));
  EXPECT_EQ(read_time("2026-11-21 08:15:30+00"), *parse_rfc3339("2026-11-21T08:15:30Z"));
  EXPECT_THROW((void)read_time("infinity"), std::logic_error);
}

TEST(ReadInteger, RefusesWhatIsNotWhollyANumber) {
  EXPECT_EQ(read_integer("-12"), -12);
  EXPECT_THROW((void)read_integer("12x"), std::logic_error);
  EXPECT_THROW((void)read_integer(""), std::logic_error);
}

TEST(ReadBytea, ReadsTheHexForm) { EXPECT_EQ(read_bytea("\\x00ff61"), (std::string{'\0', '\xff', 'a'})); }

}  // namespace
}  // namespace shopflow::db::detail
