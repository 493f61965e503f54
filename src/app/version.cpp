#include <fmt/format.h>

#include "app/commands.hpp"
#include "shopflow/db/migrator.hpp"

namespace shopflow::app {

int print_version(bool json) {
  const auto migrations = db::embedded_migrations().size();
  if (json) {
    fmt::print("{{\"version\":\"{}\",\"schema\":{}}}\n", SHOPFLOW_VERSION, migrations);
  } else {
    fmt::print("shopflow {}, schema {}\n", SHOPFLOW_VERSION, migrations);
  }
  return exit_code::ok;
}

}  // namespace shopflow::app
