#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <vector>

#include "support/test_server.hpp"

namespace shopflow::testing {
namespace {

const std::string kInvoices = std::string{SHOPFLOW_TEST_DATA} + "/invoices.csv";
const Settings kBritishShop{{"SHOPFLOW_SHOP_CURRENCY", "GBP"},
                            {"SHOPFLOW_SHIPPING_RATES", "*:standard=0"},
                            {"SHOPFLOW_TAX_RATES", "*=0"}};

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// What must come out, worked out here once more and in another way than the program does, so that a mistake
/// would have to be made twice.
struct Expected {
  std::map<std::string, std::int64_t> revenue;   // by day, pence
  std::map<std::string, std::int64_t> refunded;  // by day, pence
  std::map<std::string, std::int64_t> units;     // by code@pence
};

/// The eight fields of a line, or nothing if it does not have the form.
std::optional<std::vector<std::string>> split(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[++i];
    } else if (c == '"') {
      if (!quoted && !fields.back().empty()) return std::nullopt;
      quoted = !quoted;
      if (!quoted && i + 1 < line.size() && line[i + 1] != ',') return std::nullopt;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (quoted || fields.size() != 8) return std::nullopt;
  return fields;
}

bool is_integer(const std::string& text) {
  const auto digits = text.starts_with('-') ? text.substr(1) : text;
  return !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
}

/// 2.1 -> 210; nothing for what is no positive number of pence.
std::optional<std::int64_t> pence(const std::string& text) {
  const auto point = std::min(text.find('.'), text.size());
  auto cents = point < text.size() ? text.substr(point + 1) : "";
  while (cents.size() < 2) cents += '0';
  if (cents.substr(2).find_first_not_of('0') != std::string::npos || text.starts_with('-'))
    return std::nullopt;
  const auto all = std::stoll(text.substr(0, point) + cents.substr(0, 2));
  if (all < 1 || all > 100'000'000) return std::nullopt;
  return all;
}

struct Bought {
  std::string invoice, customer, sku;
  std::int64_t units = 0;
};

Expected work_out(const std::string& csv) {
  Expected expected;
  std::vector<Bought> bought;
  const auto day_in = [](const std::string& time) {
    return time == "3/2/2021 11:30" ? "2021-03-02" : time.substr(0, 10);
  };
  for (const auto part : std::views::split(csv, std::string_view{"\r\n"})) {
    const auto fields = split(std::string{part.begin(), part.end()});
    if (!fields) continue;
    const auto& [invoice, code, quantity, time] =
        std::tie((*fields)[0], (*fields)[1], (*fields)[3], (*fields)[4]);
    if (!is_integer(quantity) || time.starts_with("2021-02-30")) continue;
    const auto price = pence((*fields)[5]);
    std::int64_t units = std::stoll(quantity);
    const auto day = day_in(time);
    const auto& customer = (*fields)[6];
    if (!price || invoice.starts_with('A')) continue;
    const auto sku = code + "@" + std::to_string(*price);
    if (invoice.starts_with('C')) {
      for (auto& sale : bought | std::views::reverse) {
        if (units >= 0 || customer.empty() || sale.customer != customer || sale.sku != sku) continue;
        const auto back = std::min(sale.units, -units);
        sale.units -= back;
        units += back;
        expected.refunded[day] += back * *price;
      }
    } else if (units >= 1 && units <= 10'000) {
      bought.push_back({invoice, customer, sku, units});
      expected.revenue[day] += units * *price;
      expected.units[sku] += units;
    }
  }
  return expected;
}

TEST(Replay, TheShopsFiguresAreThoseOfTheFileToThePenny) {
  TestServer server{kBritishShop};
  const auto report_path = server.directory() + "/report.json";
  const auto run = server.run("simulate --url " + server.url() + " --admin-key-file " + server.key_file() +
                              " --replay " + kInvoices + " --report " + report_path);
  ASSERT_EQ(run.code, 0) << run.output << server.log();
  const auto expected = work_out(read_file(kInvoices));
  ASSERT_EQ(expected.revenue.size(), 3U);
  const auto report = Json::parse(read_file(report_path));
  EXPECT_EQ(report["requests"]["counts"]["errors"], 0);

  // The report, and the shop itself.
  auto analyst = server.admin("analyst");
  std::map<std::string, std::int64_t> units;
  ASSERT_EQ(report["days"].size(), expected.revenue.size());
  for (const auto& day : report["days"]) {
    const auto name = day["day"].get<std::string>();
    const auto refunded = expected.refunded.contains(name) ? expected.refunded.at(name) : 0;
    EXPECT_EQ(day["shop"]["revenue"], expected.revenue.at(name)) << name;
    EXPECT_EQ(day["shop"]["refunded"], refunded) << name;
    ASSERT_EQ(day["played"].size(), 1U);
    const auto range = "from=" + day["played"][0]["from"].get<std::string>() +
                       "&to=" + day["played"][0]["to"].get<std::string>();
    const auto sales = analyst.get("/v1/admin/analytics/sales?interval=total&" + range).json();
    EXPECT_EQ(sales["data"][0]["merchandise"], expected.revenue.at(name)) << name;
    EXPECT_EQ(sales["data"][0]["refunded"], refunded) << name;
    const auto products = analyst.get("/v1/admin/analytics/products?limit=1000&" + range).json();
    for (const auto& line : products["data"]) units[line["sku_id"]] += line["units"].get<std::int64_t>();
  }
  ASSERT_EQ(report["skus"].size(), expected.units.size());
  for (const auto& sku : report["skus"]) {
    const auto code = sku["code"].get<std::string>();
    ASSERT_TRUE(expected.units.contains(code)) << code;
    EXPECT_EQ(sku["units"], expected.units.at(code)) << code;
    EXPECT_EQ(units[sku["sku_id"]], expected.units.at(code)) << code;
  }
}

TEST(Replay, WhatWasNotPlayedIsReportedWithItsReasonAndLine) {
  TestServer server{kBritishShop};
  const auto report_path = server.directory() + "/report.json";
  const auto run = server.run("simulate --no-audit --url " + server.url() + " --admin-key-file " +
                              server.key_file() + " --replay " + kInvoices + " --report " + report_path);
  ASSERT_EQ(run.code, 0) << run.output;
  const auto skipped = Json::parse(read_file(report_path))["skipped"];
  const std::map<std::string, std::int64_t> counts{
      {"malformed_line", 6},
      {"adjustment", 1},
      {"negative_quantity", 1},
      {"zero_quantity", 1},
      {"no_price", 2},
      {"fractional_price", 1},
      {"price_over_limit", 1},
      {"quantity_over_limit", 1},
      {"positive_cancellation", 1},
      {"cancels_unknown_sale", 4},
  };
  EXPECT_EQ(skipped.size(), counts.size()) << skipped.dump(1);
  for (const auto& [reason, count] : counts) {
    ASSERT_TRUE(skipped.contains(reason)) << reason;
    EXPECT_EQ(skipped[reason]["count"], count) << skipped[reason].dump();
  }
  EXPECT_EQ(skipped["adjustment"]["amount"], 106'206);
  EXPECT_NE(run.output.find("cancels_unknown_sale"), std::string::npos);
}

TEST(Replay, AShopThatSellsInAnotherCurrencyIsToldSoAndNothingIsLoaded) {
  TestServer server{{{"SHOPFLOW_SHOP_CURRENCY", "EUR"}}};
  const auto run = server.run("simulate --no-audit --url " + server.url() + " --admin-key-file " +
                              server.key_file() + " --replay " + kInvoices);
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.output.find("The server sells in EUR"), std::string::npos) << run.output;
  EXPECT_EQ(server.database().number("SELECT count(*) FROM products"), 0);
}

TEST(Replay, NeedsAnAdminKey) {
  TestServer server{kBritishShop};
  const auto run = server.run("simulate --no-audit --url " + server.url() + " --replay " + kInvoices);
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.output.find("needs an admin key"), std::string::npos) << run.output;
}

}  // namespace
}  // namespace shopflow::testing
