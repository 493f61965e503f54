#include "app/dependencies.hpp"

#include <curl/curl.h>
#include <fmt/core.h>
#include <lz4.h>
#include <sodium.h>
#include <spdlog/version.h>

#include <CLI/Version.hpp>
#include <boost/version.hpp>
#include <nlohmann/json.hpp>

#include <toml++/toml.h>
#include <version>

namespace shopflow::app {
namespace {

std::string dotted(int major, int minor, int patch) { return fmt::format("{}.{}.{}", major, minor, patch); }

}  // namespace

// Where a library does not say its version in code, the build has looked it up (src/CMakeLists.txt).
std::vector<Dependency> dependencies() {
  return {
      {"Boost", dotted(BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1'000, BOOST_VERSION % 100), "BSL-1.0"},
      {"CLI11", CLI11_VERSION, "BSD-3-Clause"},
      {"fmt", dotted(FMT_VERSION / 10'000, FMT_VERSION / 100 % 100, FMT_VERSION % 100), "MIT"},
      {"hiredis", SHOPFLOW_HIREDIS_VERSION, "BSD-3-Clause"},
      {"kainjow mustache", SHOPFLOW_MUSTACHE_VERSION, "BSL-1.0"},
      {"libcurl", curl_version_info(CURLVERSION_NOW)->version, "curl"},
      {"libpq", SHOPFLOW_PQ_VERSION, "PostgreSQL"},
      {"libpqxx", SHOPFLOW_PQXX_VERSION, "BSD-3-Clause"},
      {"libsodium", sodium_version_string(), "ISC"},
      {"libstdc++", std::to_string(_GLIBCXX_RELEASE), "GPL-3.0-or-later WITH GCC-exception-3.1"},
      {"libsystemd", SHOPFLOW_SYSTEMD_VERSION, "LGPL-2.1-or-later"},
      {"lz4", LZ4_versionString(), "BSD-2-Clause"},
      {"mimalloc", SHOPFLOW_MIMALLOC_VERSION, "MIT"},
      {"nlohmann-json",
       dotted(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH), "MIT"},
      {"prometheus-cpp", SHOPFLOW_PROMETHEUS_VERSION, "MIT"},
      {"spdlog", dotted(SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH), "MIT"},
      {"toml++", dotted(TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH), "MIT"},
  };
}

}  // namespace shopflow::app
