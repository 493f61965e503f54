#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "support/test_server.hpp"

namespace shopflow::testing {
namespace {

Json read_json(const std::string& path) {
  std::ifstream file{path};
  return Json::parse(std::string{std::istreambuf_iterator<char>{file}, {}});
}

/// Twenty products of two SKUs each; of one of the two there are far too few.
void fill_shop(TestServer& server) {
  auto products = Json::array();
  for (int i = 0; i < 20; ++i) {
    auto skus = Json::array();
    for (int s = 0; s < 2; ++s) {
      skus.push_back({{"code", "P" + std::to_string(i) + "-" + std::to_string(s)},
                      {"price", {{"amount", 500 + 100 * i}, {"currency", "EUR"}}},
                      {"initial_stock", s == 0 ? 100'000 : 1}});
    }
    products.push_back({{"name", "Product " + std::to_string(i)}, {"category", "things"}, {"skus", skus}});
  }
  auto staff = server.admin("catalog");
  const auto made = staff.post("/v1/admin/products/batch", {{"products", products}});
  ASSERT_EQ(made.status, 201) << made.body;
}

TEST(Crowd, SaysWhyAServerThatLimitsItsClientsRefusesIt) {
  TestServer server{
      {{"SHOPFLOW_LIMITS_EXEMPT_LOOPBACK", "false"}, {"SHOPFLOW_LIMITS_CHANGES_PER_MIN", "10"}}};
  fill_shop(server);
  const auto run = server.run("simulate --no-audit --shoppers 4 --seconds 2 --url " + server.url());
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.output.find("limits.exempt_loopback"), std::string::npos) << run.output;
}

TEST(Crowd, ShoppersBuyStaffShipAndTheAuditFindsNothing) {
  TestServer server;
  fill_shop(server);
  const auto path = server.directory() + "/report.json";
  const auto run = server.run("simulate --shoppers 20 --seconds 3 --url " + server.url() +
                              " --admin-key-file " + server.key_file() + " --report " + path);
  EXPECT_EQ(run.code, 0) << run.output;
  const auto report = read_json(path);
  EXPECT_EQ(report["counts"]["errors"], 0) << report["errors"].dump(1);
  for (const char* what : {"journeys", "orders", "paid", "shipped", "delivered"}) {
    EXPECT_GT(report["counts"][what], 0) << what;
  }
  EXPECT_GT(report["conflicts"].value("insufficient_stock", 0), 0);
  EXPECT_GT(report["latency_us"]["check out"]["p99"], 0);
  EXPECT_EQ(server.database().number("SELECT count(*) FROM orders"), report["counts"]["orders"]);
}

TEST(Crowd, TheAuditFindsNothingAtAnyMomentOfIt) {
  TestServer server;
  fill_shop(server);
  const auto crowd = "simulate --no-audit --shoppers 20 --seconds 5 --url " + server.url() +
                     " --admin-key-file " + server.key_file();
  std::atomic<bool> busy{true};
  std::jthread shoppers{[&] {
    EXPECT_EQ(server.run(crowd).code, 0);
    busy = false;
  }};
  int audits = 0;
  for (; busy; ++audits) EXPECT_EQ(server.run("audit").output, "0 differences\n");
  EXPECT_GT(audits, 0);
  EXPECT_GT(server.database().number("SELECT count(*) FROM orders WHERE state = 'delivered'"), 0);
}

TEST(Crowd, AnEmptyShopIsSaidToBeEmpty) {
  TestServer server;
  const auto run = server.run("simulate --no-audit --shoppers 1 --seconds 1 --url " + server.url());
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.output.find("nothing to buy"), std::string::npos) << run.output;
}

TEST(Crowd, AServerThatIsNotThereIsAnErrorAndNoCrash) {
  TestServer server;
  const auto run = server.run("simulate --no-audit --shoppers 1 --seconds 1 --url http://127.0.0.1:1");
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.output.find("list products: "), std::string::npos) << run.output;
}

}  // namespace
}  // namespace shopflow::testing
