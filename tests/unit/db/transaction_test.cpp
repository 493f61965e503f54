#include <gtest/gtest.h>

#include "shopflow/db/transaction.hpp"

namespace shopflow::db::detail {
namespace {

TEST(ConvertArray, SplitsPlainAndQuotedElements) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(convert<Texts>("{}"), Texts{});
  EXPECT_EQ(convert<Texts>(R"({""})"), Texts{""});
  EXPECT_EQ(convert<Texts>(R"({"a,b","say \"hi\"","",back,"\\","c\\d"})"),
            (Texts{"a,b", "say \"hi\"", "", "back", "\\", "c\\d"}));
  EXPECT_EQ(convert<std::vector<int>>("{1,-2}"), (std::vector<int>{1, -2}));
  EXPECT_EQ(convert<std::vector<Uuid>>("{00000000-0000-0000-0000-00000000000a}").at(0).bytes[15], 10);
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
