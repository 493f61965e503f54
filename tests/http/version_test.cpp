#include "http/operations.hpp"

namespace shopflow::testing {
namespace {

TEST(Version, NamesEveryLibraryWithItsVersionAndLicence) {
  const TestServer server;
  const auto run = server.run("version --json");
  ASSERT_EQ(run.code, 0) << run.output;
  const auto report = Json::parse(run.output);
  EXPECT_FALSE(report.at("version").get<std::string>().empty());
  EXPECT_EQ(report.at("schema"), server.database().number("SELECT max(version) FROM schema_migrations"));
  std::map<std::string, Json> found;
  for (const auto& one : report.at("dependencies")) found[one.at("name")] = one;
  for (const auto* name : {"Boost", "CLI11", "fmt", "hiredis", "kainjow mustache", "libcurl", "libpq",
                           "libpqxx", "libsodium", "libstdc++", "libsystemd", "lz4", "mimalloc",
                           "nlohmann-json", "prometheus-cpp", "spdlog", "toml++"}) {
    ASSERT_TRUE(found.contains(name)) << name;
    EXPECT_TRUE(
        std::isdigit(static_cast<unsigned char>(found[name].at("version").get<std::string>().at(0))) != 0)
        << found[name];
    EXPECT_FALSE(found[name].at("licence").get<std::string>().empty()) << name;
  }
  if (report.contains("commit") && !report.at("commit").is_null()) {
    EXPECT_EQ(report.at("commit").get<std::string>().size(), 40U);
  }
}

}  // namespace
}  // namespace shopflow::testing
