#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "support/test_server.hpp"

namespace shopflow::testing {
namespace {

Json read_json(const std::string& path) {
  std::ifstream file{path};
  return Json::parse(std::string{std::istreambuf_iterator<char>{file}, {}});
}

std::string make_key(const TestServer& server) {
  auto made = server.run("admin create-key --role admin --name crowd").output;
  while (made.ends_with('\n')) made.pop_back();
  return made.substr(made.rfind('\n') + 1);
}

TEST(Crowd, ShoppersBuyStaffShipAndTheAuditFindsNothing) {
  TestServer server;
  ASSERT_EQ(server.run("seed").code, 0);
  const auto path = server.directory() + "/report.json";
  const auto run = server.run("simulate --shoppers 20 --seconds 3 --url " + server.url() + " --admin-key " +
                              make_key(server) + " --report " + path);
  EXPECT_EQ(run.code, 0) << run.output;
  const auto report = read_json(path);
  EXPECT_EQ(report["counts"]["errors"], 0) << report["errors"].dump(1);
  EXPECT_EQ(report["audit_differences"], 0);
  for (const char* what : {"journeys", "orders", "paid", "shipped", "delivered"}) {
    EXPECT_GT(report["counts"][what], 0) << what;
  }
  EXPECT_GT(report["latency_us"]["check out"]["p99"], 0);
  EXPECT_EQ(server.database().number("SELECT count(*) FROM orders"), report["counts"]["orders"]);
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
