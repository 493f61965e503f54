#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/dependencies.hpp"
#include "shopflow/core/json.hpp"
#include "shopflow/db/migrator.hpp"

namespace shopflow::app {

/// The answer of `shopflow version --json`.
struct VersionReport {
  std::string version;
  std::optional<std::string> commit;
  std::int64_t schema = 0;
  std::vector<Dependency> dependencies;
};

}  // namespace shopflow::app

template <>
struct shopflow::json::Shape<shopflow::app::Dependency> {
  using V = shopflow::app::Dependency;
  static constexpr std::string_view name = "Dependency";
  static constexpr auto fields =
      std::tuple{field("name", &V::name, "What it is called."), field("version", &V::version, "Its version."),
                 field("licence", &V::licence, "Its licence, in SPDX terms.")};
};

template <>
struct shopflow::json::Shape<shopflow::app::VersionReport> {
  using V = shopflow::app::VersionReport;
  static constexpr std::string_view name = "VersionReport";
  static constexpr auto fields =
      std::tuple{field("version", &V::version, "The program's version."),
                 field("commit", &V::commit, "The commit that was built, where it was known."),
                 field("schema", &V::schema, "The newest migration that it knows."),
                 field("dependencies", &V::dependencies, "The libraries that it was built with.")};
};

namespace shopflow::app {

int print_version(bool json) {
  const auto migrations = static_cast<std::int64_t>(db::embedded_migrations().size());
  if (json) {
    fmt::print("{}\n",
               json::to_json(VersionReport{SHOPFLOW_VERSION, built_commit(), migrations, dependencies()}));
    return exit_code::ok;
  }
  const auto commit = built_commit();
  fmt::print("shopflow {}, {}schema {}\n", SHOPFLOW_VERSION,
             commit ? fmt::format("commit {}, ", commit->substr(0, 12)) : "", migrations);
  return exit_code::ok;
}

}  // namespace shopflow::app
