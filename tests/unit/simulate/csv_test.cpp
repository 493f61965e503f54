#include "simulate/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shopflow::simulate {
namespace {

using testing::ElementsAre;

std::vector<CsvRow> read(std::string_view text) {
  CsvReader reader{text};
  std::vector<CsvRow> rows;
  for (CsvRow row; reader.next(row);) rows.push_back(row);
  return rows;
}

TEST(Csv, SplitsFieldsAtCommasAndLinesAtEitherEnding) {
  const auto rows = read("a,b,c\r\nd,,\nlast,x,y");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_THAT(rows[0].fields, ElementsAre("a", "b", "c"));
  EXPECT_THAT(rows[1].fields, ElementsAre("d", "", ""));
  EXPECT_THAT(rows[2].fields, ElementsAre("last", "x", "y"));
  EXPECT_EQ(rows[2].line, 3U);
}

TEST(Csv, QuotedFieldsHoldCommasQuotesAndLineBreaks) {
  const auto rows = read("1,\"RED, BLUE\",\"FRAME 7\"\" SINGLE\"\n2,\"two\nlines\",x\r\n3,\"\",z\n");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_THAT(rows[0].fields, ElementsAre("1", "RED, BLUE", "FRAME 7\" SINGLE"));
  EXPECT_THAT(rows[1].fields, ElementsAre("2", "two\nlines", "x"));
  EXPECT_THAT(rows[2].fields, ElementsAre("3", "", "z"));
  EXPECT_EQ(rows[2].line, 4U);
}

TEST(Csv, AQuoteInsideOfAnUnquotedFieldIsText) {
  const auto rows = read("6\" plate,x\n");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_THAT(rows[0].fields, ElementsAre("6\" plate", "x"));
}

TEST(Csv, AByteOrderMarkAndBlankLinesArePassedOver) {
  const auto rows = read("\xEF\xBB\xBF\n\r\na,b\n\n\nc,d\n\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].line, 3U);
  EXPECT_EQ(rows[1].line, 6U);
}

TEST(Csv, AQuoteThatIsNeverClosedCostsItsLineOnly) {
  const auto rows = read("a,b\nc,\"open\nd,e\n");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].line, 2U);
  EXPECT_EQ(rows[1].problem, "a quote is opened and never closed");
  EXPECT_THAT(rows[2].fields, ElementsAre("d", "e"));
  EXPECT_EQ(rows[2].line, 3U);
}

TEST(Csv, AnOpenQuoteIsGivenUpBeforeItHasReadAHugeFile) {
  std::string text = "\"open\n";
  for (int i = 0; i < 5'000; ++i) text += "a,b\n";
  const auto rows = read(text);
  ASSERT_EQ(rows.size(), 5'001U);
  EXPECT_FALSE(rows[0].problem.empty());
  EXPECT_TRUE(rows[1].problem.empty());
}

TEST(Csv, TextBehindAClosingQuoteIsAProblemOfItsLine) {
  const auto rows = read("\"a\"b,c\nd,e\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].problem, "there is text behind a closing quote");
  EXPECT_THAT(rows[1].fields, ElementsAre("d", "e"));
}

TEST(Csv, AQuoteThatEndsInsideOfALaterLinesQuoteDoesNotTakeThatLine) {
  const auto rows = read("1,\"open,x\n2,\"fine\",y\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_FALSE(rows[0].problem.empty());
  EXPECT_THAT(rows[1].fields, ElementsAre("2", "fine", "y"));
}

TEST(Csv, NothingGivesNoRecord) { EXPECT_TRUE(read("").empty()); }

}  // namespace
}  // namespace shopflow::simulate
