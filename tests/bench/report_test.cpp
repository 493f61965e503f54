#include "bench/report.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "bench/chart.hpp"

namespace shopflow::bench {
namespace {

using Json = nlohmann::json;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Row faster() {
  Row row;
  row.id = "3";
  row.name = "holds, spread";
  row.ours = {.rate = 60'000,
              .p50_ms = 1.5,
              .p99_ms = 4.25,
              .p999_ms = 12,
              .server_us = 20,
              .database_us = 30,
              .generator = 0.5};
  row.value = row.ours.rate;
  row.reference_name = "pgbench";
  row.reference = 8'000;
  row.reference_generator = 0.25;
  row.goal = 6;
  return completed(row);
}

Row slower() {
  Row row;
  row.id = "7";
  row.name = "one shopper";
  row.ours.p50_ms = 0.8;
  row.value = 0.8;
  row.unit = " ms";
  row.reference_name = "pgbench, p50";
  row.reference = 0.2;
  row.direction = Goal::at_most;
  row.goal = 2;
  return completed(row);
}

Row plain() {
  Row row;
  row.id = "10";
  row.name = "start";
  row.value = 0.15;
  row.unit = " s";
  row.direction = Goal::at_most;
  row.goal = 0.5;
  return completed(row);
}

TEST(Row, IsHeldAgainstItsReferenceOrAgainstItself) {
  EXPECT_DOUBLE_EQ(faster().ratio, 7.5);
  EXPECT_TRUE(faster().met());
  EXPECT_DOUBLE_EQ(slower().ratio, 4);
  EXPECT_FALSE(slower().met());
  EXPECT_DOUBLE_EQ(plain().ratio, 0.15);
  EXPECT_TRUE(plain().met());
}

TEST(Row, IsNotMetWhenItIsSpoiltOrWasNotMeasured) {
  auto spoilt = faster();
  spoilt.spoilt = true;
  EXPECT_FALSE(spoilt.met());
  auto without = slower();
  without.value = 0;
  EXPECT_FALSE(completed(without).met()) << "a time of nothing is not a short one";
  without = slower();
  without.reference = 0;
  EXPECT_FALSE(completed(without).met());
  without = slower();
  without.value = kNone;
  EXPECT_FALSE(completed(without).met());
}

TEST(Row, TellsOfALoadGeneratorAtItsLimitOnEitherSide) {
  EXPECT_EQ(faster().note, "");
  auto row = faster();
  row.note = "as it was";
  row.ours.generator = 0.97;
  row.reference_generator = 0.91;
  EXPECT_EQ(
      completed(row).note,
      "as it was; the load generator was at its limit (97 %); the reference's load generator was at its "
      "limit (91 %)");
}

TEST(JsonReport, HasEveryFieldOfEveryScenario) {
  const auto json = Json::parse(json_of({faster(), slower()}));
  ASSERT_EQ(json.size(), 1U);
  ASSERT_EQ(json.at("scenarios").size(), 2U);
  const auto& first = json.at("scenarios").at(0);
  EXPECT_EQ(first, (Json{{"id", "3"},
                         {"name", "holds, spread"},
                         {"rate", 60000.0},
                         {"p50_ms", 1.5},
                         {"p99_ms", 4.25},
                         {"p999_ms", 12.0},
                         {"server_cpu_us", 20.0},
                         {"database_cpu_us", 30.0},
                         {"load_generator", 0.5},
                         {"value", 60000.0},
                         {"unit", "/s"},
                         {"reference_name", "pgbench"},
                         {"reference", 8000.0},
                         {"reference_load_generator", 0.25},
                         {"ratio", 7.5},
                         {"direction", "at_least"},
                         {"goal", 6.0},
                         {"met", true},
                         {"note", ""}}));
  const auto& second = json.at("scenarios").at(1);
  EXPECT_EQ(second.at("direction"), "at_most");
  EXPECT_EQ(second.at("met"), false);
}

TEST(JsonReport, EscapesWhatItQuotesAndSaysNullForNoNumber) {
  auto row = faster();
  row.name = "a \"quoted\" name\n\\";
  row.ours.p99_ms = kNone;
  row.ratio = std::numeric_limits<double>::infinity();
  const auto json = Json::parse(json_of({row})).at("scenarios").at(0);
  EXPECT_EQ(json.at("name"), row.name);
  EXPECT_TRUE(json.at("p99_ms").is_null());
  EXPECT_TRUE(json.at("ratio").is_null());
  EXPECT_EQ(Json::parse(json_of({})), (Json{{"scenarios", Json::array()}}));
}

TEST(MarkdownReport, HasALineForEachScenario) {
  const auto text = markdown_of({faster(), slower(), plain()}, "A machine");
  EXPECT_TRUE(text.starts_with("A machine.\n\n| # | scenario |")) << text;
  EXPECT_NE(
      text.find("| 3 | holds, spread | 60,000 | 1.50 / 4.25 / 12.0 | 20 + 30 | pgbench: 8,000/s | 7.50 x "
                "| >= 6 x | yes |\n"),
      std::string::npos)
      << text;
  EXPECT_NE(
      text.find("| 7 | one shopper | - | 0.80 / 0.00 / 0.00 | - | pgbench, p50: 0.20 ms | 4.00 x | <= 2 x "
                "| no |\n"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("| 10 | start | - | - | - | - | 0.15 s | <= 0.5 s | yes |\n"), std::string::npos)
      << text;
}

TEST(MarkdownReport, KeepsItsColumnsWhateverANameSays) {
  auto row = faster();
  row.name = "a | b\nc";
  row.note = "d|e";
  row.ratio = kNone;
  const auto text = markdown_of({row}, "A machine");
  EXPECT_NE(text.find("| a \\| b c |"), std::string::npos) << text;
  EXPECT_NE(text.find("| - x | >= 6 x | no; d\\|e |\n"), std::string::npos) << text;
}

TEST(TerminalReport, ShowsNotesAndWhatIsNotMet) {
  auto row = slower();
  row.note = "a note";
  const auto text = table_of({row});
  EXPECT_NE(text.find("4.00 x  <= 2 x    NO  (a note)\n"), std::string::npos) << text;
}

TEST(Chart, HasABarAndAGoalForEachRowWithAReference) {
  const auto svg = chart_of({faster(), slower(), plain()}, "A machine");
  EXPECT_TRUE(svg.starts_with("<svg ") && svg.ends_with("</svg>\n")) << svg;
  EXPECT_NE(svg.find(">holds, spread</text>"), std::string::npos);
  EXPECT_NE(svg.find(">7.5 x</text>"), std::string::npos) << svg;
  EXPECT_NE(svg.find(">0.2 x</text>"), std::string::npos) << "a time that is four times as long";
  EXPECT_EQ(svg.find(">start</text>"), std::string::npos) << "nothing to compare it with";
  EXPECT_NE(svg.find("A machine; the red mark is the goal"), std::string::npos);
}

TEST(Chart, EscapesWhatItShowsAndDrawsNothingForNoNumber) {
  auto row = faster();
  row.name = "a < b & c > d";
  row.ratio = kNone;
  const auto svg = chart_of({row}, "x & y");
  EXPECT_NE(svg.find("a &lt; b &amp; c &gt; d"), std::string::npos) << svg;
  EXPECT_NE(svg.find("x &amp; y;"), std::string::npos) << svg;
  EXPECT_NE(svg.find(">- x</text>"), std::string::npos) << svg;
  EXPECT_EQ(svg.find("nan"), std::string::npos) << svg;
  EXPECT_EQ(svg.find("inf"), std::string::npos) << svg;
  EXPECT_NE(svg.find("width=\"0.0\""), std::string::npos) << svg;
}

TEST(Audit, AnyDifferenceMakesTheRunVoid) {
  EXPECT_NO_THROW(expect_clean({0, "looking\n0 differences\n"}));
  EXPECT_THROW(expect_clean({1, "stock, sku_1: 3, not 4\n1 difference\n"}), VoidRun);
  EXPECT_THROW(expect_clean({1, "0 differences\n"}), VoidRun) << "it ended badly";
  EXPECT_THROW(expect_clean({0, "10 differences\n"}), VoidRun);
  EXPECT_THROW(expect_clean({0, ""}), VoidRun) << "it said nothing";
}

TEST(Median, IsTheMiddleOneOrBetweenTheTwo) {
  EXPECT_DOUBLE_EQ(median(std::vector<double>{3, 1, 2}), 2);
  EXPECT_DOUBLE_EQ(median(std::vector<double>{4, 1, 3, 2}), 2.5);
  EXPECT_DOUBLE_EQ(median(std::vector<double>{}), 0);
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
}

}  // namespace
}  // namespace shopflow::bench
