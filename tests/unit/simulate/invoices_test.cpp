#include "simulate/invoices.hpp"

#include <gtest/gtest.h>

namespace shopflow::simulate {
namespace {

constexpr std::string_view kHeader =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\r\n";

InvoiceFile read(const std::string& lines) {
  auto file = read_invoices(std::string{kHeader} + lines);
  EXPECT_TRUE(file.has_value());
  return file.value_or(InvoiceFile{});
}

TEST(Invoices, LinesOfOneNumberAreOneInvoiceWhereverTheyStand) {
  const auto file = read(
      "536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\r\n"
      "536366,22633,WARMER,2,2010-12-01 08:28:00,1.85,,EIRE\r\n"
      "536365,71053,LANTERN,8,2010-12-01 08:27:00,3.39,17850.0,United Kingdom\r\n");
  ASSERT_EQ(file.invoices.size(), 2U);
  const auto& first = file.invoices[0];
  EXPECT_EQ(first.number, "536365");
  EXPECT_EQ(first.kind, InvoiceKind::sale);
  EXPECT_EQ(first.customer, "17850");
  EXPECT_EQ(day_of(first.at), "2010-12-01");
  ASSERT_EQ(first.lines.size(), 2U);
  EXPECT_EQ(first.lines[1].line, 4U);
  EXPECT_EQ(first.lines[1].stock_code, "71053");
  EXPECT_EQ(first.lines[1].quantity, 8);
  EXPECT_EQ(first.lines[1].price, (Decimal{339, 2}));
  EXPECT_EQ(file.invoices[1].customer, "");
  EXPECT_EQ(file.invoices[1].country, "EIRE");
  EXPECT_EQ(file.lines, 3U);
}

TEST(Invoices, TheLetterOfTheNumberTellsTheKind) {
  const auto file = read(
      "C536379,D,Discount,-1,2010-12-01 09:41:00,27.50,14527.0,United Kingdom\n"
      "A563185,B,Adjust bad debt,1,2010-12-01 09:42:00,11062.06,,United Kingdom\n");
  EXPECT_EQ(file.invoices[0].kind, InvoiceKind::cancellation);
  EXPECT_EQ(file.invoices[0].lines[0].quantity, -1);
  EXPECT_EQ(file.invoices[1].kind, InvoiceKind::adjustment);
}

TEST(Invoices, ColumnsAreFoundByTheirNames) {
  const auto file = read_invoices(
      "Country,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo\n"
      "France,12583.0,3.75,12/1/2010 8:45,24,ALARM CLOCK,22728,536370\n");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->invoices[0].number, "536370");
  EXPECT_EQ(file->invoices[0].lines[0].quantity, 24);
}

TEST(Invoices, AFileOfAnotherShapeIsRefused) {
  EXPECT_FALSE(read_invoices("").has_value());
  EXPECT_FALSE(read_invoices("a,b,c\n1,2,3\n").has_value());
  EXPECT_EQ(read_invoices("InvoiceNo\n").error().code, "not_invoices");
}

struct Malformed {
  std::string line;
  std::string why;
};

TEST(Invoices, EveryMalformedLineIsNamedWithItsNumberAndReason) {
  const std::vector<Malformed> cases{
      {"536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0", "7 fields instead of 8"},
      {"536365,85123A,A,B,6,2010-12-01 08:26:00,2.55,17850.0,UK", "9 fields instead of 8"},
      {",85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,UK", "InvoiceNo can't be read: ''"},
      {"536365, ,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,UK", "StockCode can't be read: ''"},
      {"536365,85123A,HOLDER,six,2010-12-01 08:26:00,2.55,17850.0,UK", "Quantity can't be read: 'six'"},
      {"536365,85123A,HOLDER,1.5,2010-12-01 08:26:00,2.55,17850.0,UK", "Quantity can't be read: '1.5'"},
      {"536365,85123A,HOLDER,6,yesterday,2.55,17850.0,UK", "InvoiceDate can't be read: 'yesterday'"},
      {"536365,85123A,HOLDER,6,2010-02-30 08:26:00,2.55,17850.0,UK",
       "InvoiceDate can't be read: '2010-02-30 08:26:00'"},
      {"536365,85123A,HOLDER,6,2010-12-01 08:26:00,free,17850.0,UK", "UnitPrice can't be read: 'free'"},
      {"536365,85123A,\"HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,UK", "a quote is opened and never closed"},
  };
  for (const auto& [line, why] : cases) {
    const auto file =
        read("1,A,x,1,2010-12-01 08:00:00,1,1,UK\n" + line + "\n2,A,x,1,2010-12-01 08:00:00,1,1,UK\n");
    ASSERT_EQ(file.malformed.size(), 1U) << line;
    EXPECT_EQ(file.malformed[0].line, 3U) << line;
    EXPECT_EQ(file.malformed[0].why, why);
    EXPECT_EQ(file.invoices.size(), 2U) << line;
    EXPECT_EQ(file.lines, 3U) << line;
  }
}

TEST(Invoices, DescriptionsInLatin1BecomeUtf8) {
  const auto file = read("1,A,CAF\xC9 SET,1,2010-12-01 08:00:00,1,1,UK\n");
  EXPECT_EQ(file.invoices[0].lines[0].description, "CAF\xC3\x89 SET");
}

TEST(Invoices, BothFormsOfTimeAreRead) {
  EXPECT_EQ(parse_invoice_time("2010-12-01 08:26:00"), parse_invoice_time("12/1/2010 8:26"));
  EXPECT_EQ(parse_invoice_time("1970-01-02 00:00:01")->time_since_epoch().count(), 86'401);
  for (const char* bad :
       {"", "2010-12-01", "2010-12-01T08:26:00", "2010-13-01 08:26:00", "2010-12-01 24:00:00",
        "2010-12-01 08:60:00", "2010-12-01 08:26:00 PM", "13/1/2010 8:26", "2010-12-01 08:26:"}) {
    EXPECT_EQ(parse_invoice_time(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace shopflow::simulate
